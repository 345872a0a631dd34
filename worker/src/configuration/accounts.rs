//! `[accounts.NAME]`: merchant accounts as they are configured, with their keys' files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use activities::accounts::{AccountKey, AccountSettings, Accounts, MerchantAccount};
use activities::partner::sky::key_pair::{Purpose, SigningKey};
use activities::{Clients, address};
use jiff::civil::Date;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// `[accounts.NAME]`.
#[derive(Deserialize)]
pub(super) struct AccountSection {
    partner_url: String,
    merchant_id: String,
    payment_key: KeySection,
    reversal_key: KeySection,
}

#[derive(Deserialize)]
struct KeySection {
    id: String,
    file: PathBuf,
    /// The last day on which the partner accepts it, in UTC, like "2027-06-30".
    #[serde(default, deserialize_with = "day")]
    not_after: Option<Date>,
}

/// Reads each account's keys; the error names the field.
pub(super) fn read(
    sections: BTreeMap<String, AccountSection>,
    folder: &Path,
    clients: &Arc<Clients>,
) -> Result<Accounts, String> {
    if sections.is_empty() {
        return Err("accounts: there must be at least one".to_owned());
    }
    let accounts = sections.into_iter().map(|(name, section)| {
        let account = settings(section, folder)
            .and_then(|settings| MerchantAccount::new(&name, settings, clients))
            .map_err(|problem| format!("accounts.{name}.{problem}"))?;
        Ok((name, account))
    });
    accounts.collect::<Result<_, String>>().map(Accounts::new)
}

fn settings(section: AccountSection, folder: &Path) -> Result<AccountSettings, String> {
    Ok(AccountSettings {
        partner_url: address::configured(&section.partner_url)
            .map_err(|problem| format!("partner_url: {problem}"))?,
        merchant_id: section.merchant_id,
        payment_key: key(&section.payment_key, folder)
            .map_err(|problem| format!("payment_key: {problem}"))?,
        reversal_key: key(&section.reversal_key, folder)
            .map_err(|problem| format!("reversal_key: {problem}"))?,
    })
}

fn key<P: Purpose>(section: &KeySection, folder: &Path) -> Result<AccountKey<P>, String> {
    Ok(AccountKey {
        key: SigningKey::read(&section.id, &folder.join(&section.file))?,
        not_after: section.not_after,
    })
}

/// Jiff also accepts a date with a time and a zone, and drops them: that could be another day.
fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let day: Option<Date> = text.parse().ok();
    match day.filter(|day| day.to_string() == text) {
        Some(day) => Ok(Some(day)),
        None => Err(D::Error::custom("must be a day like \"2027-06-30\"")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keys_last_day_is_a_day_and_nothing_more() {
        let read = |day: &str| {
            let section = format!("id = \"k\"\nfile = \"k.pem\"\nnot_after = \"{day}\"");
            toml::from_str::<KeySection>(&section).map(|section| section.not_after)
        };
        let day = jiff::civil::date(2027, 6, 30);
        assert_eq!(read("2027-06-30").unwrap(), Some(day));
        let without = toml::from_str::<KeySection>("id = \"k\"\nfile = \"k.pem\"");
        assert_eq!(without.unwrap().not_after, None);
        for text in [
            "",
            "20270630",
            "2027-06-31",
            "2027-06-30T23:59:00+06:00",
            "2027-W26-3",
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains("must be a day"), "{text}: {error}");
        }
    }
}
