//! `currencies` of an account: the amounts that it takes, in currencies that its partner takes.

use std::collections::BTreeMap;

use activities::accounts::{Amounts, Limits};
use activities::partner::Partner;
use workflows::contract::money::Money;

use super::section::{LimitsSection, PartnerName};

/// Reads the limits of each currency; the error names the field.
pub(super) fn read(sections: &BTreeMap<String, LimitsSection>) -> Result<Amounts, String> {
    let limits = sections.iter().map(|(currency, section)| {
        let money = |field: &str, amount: &Option<String>| {
            let Some(amount) = amount else {
                return Ok(None);
            };
            let money = Money::parse(amount, currency);
            money
                .map(Some)
                .map_err(|error| format!("currencies.{currency}.{field}: {error}"))
        };
        if let Err(error) = Money::from_minor(1, currency) {
            return Err(format!("currencies.{currency}: {error}"));
        }
        let limits = Limits {
            smallest: money("smallest", &section.smallest)?,
            largest: money("largest", &section.largest)?,
        };
        match (limits.smallest, limits.largest) {
            (Some(smallest), Some(largest)) if smallest.minor() > largest.minor() => Err(format!(
                "currencies.{currency}.smallest: must not be more than largest"
            )),
            _ => Ok((currency.clone(), limits)),
        }
    });
    limits.collect::<Result<_, _>>().map(Amounts)
}

/// Checks that the partner takes each currency. Otherwise requests would be refused, one by one, that the
/// configuration seems to allow.
pub(super) fn check(
    amounts: &Amounts,
    partner: &dyn Partner,
    name: PartnerName,
) -> Result<(), String> {
    let mut currencies = amounts.0.keys();
    match currencies.find(|currency| partner.units(currency).is_none()) {
        None => Ok(()),
        Some(currency) => Err(format!(
            "currencies.{currency}: {name} does not take this currency; remove it"
        )),
    }
}
