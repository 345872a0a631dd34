//! Which amounts an account takes.

use std::collections::BTreeMap;

use workflows::contract::money::Money;
use workflows::contract::request::InvalidRequest;

/// The amounts that an account takes, by currency. Empty: every amount of every currency.
#[derive(Clone, Debug, Default)]
pub struct Amounts(pub BTreeMap<String, Limits>);

/// The smallest and the largest amount that an account takes in one currency.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    /// No smaller amount is taken.
    pub smallest: Option<Money>,
    /// No larger amount is taken.
    pub largest: Option<Money>,
}

impl Amounts {
    pub(super) fn check(&self, money: Money) -> Result<(), InvalidRequest> {
        if self.0.is_empty() {
            return Ok(());
        }
        let Some(limits) = self.0.get(money.currency()) else {
            let taken: Vec<&str> = self.0.keys().map(String::as_str).collect();
            let rule = format!("is not one that the account takes ({})", taken.join(", "));
            return Err(InvalidRequest::new("currency", rule));
        };
        let outside = |rule: String| Err(InvalidRequest::new("amount", rule));
        match (limits.smallest, limits.largest) {
            (Some(smallest), _) if money.minor() < smallest.minor() => {
                outside(format!("must be at least {smallest} for this account"))
            }
            (_, Some(largest)) if money.minor() > largest.minor() => {
                outside(format!("must be at most {largest} for this account"))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_that_the_account_does_not_take_is_refused_by_name() {
        let money = |amount: &str, currency: &str| Money::parse(amount, currency).unwrap();
        let limits = Limits {
            smallest: Some(money("1", "KGS")),
            largest: Some(money("500", "KGS")),
        };
        let amounts = Amounts(BTreeMap::from([("KGS".to_owned(), limits)]));
        for (money, field) in [
            (money("1", "KGS"), None),
            (money("500", "KGS"), None),
            (money("0.99", "KGS"), Some("amount")),
            (money("500.01", "KGS"), Some("amount")),
            (money("10", "USD"), Some("currency")),
        ] {
            let refused = amounts.check(money).err().map(|invalid| invalid.field);
            assert_eq!(refused.as_deref(), field, "{money}");
        }
        assert_eq!(Amounts::default().check(money("10", "USD")), Ok(()));
    }
}
