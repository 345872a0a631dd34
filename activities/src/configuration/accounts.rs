//! Merchant accounts: at which partner, as which merchant, with which keys.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use reqwest::header::HeaderValue;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use tokio::sync::{Semaphore, SemaphorePermit};
use workflows::operation::activity_input::PartnerCall;
use workflows::operation::partner_report::StatusReport;
use workflows::operation::terms::AccountIdentity;

use crate::address;
use crate::http::Clients;
use crate::partner::client::PartnerClient;
use crate::partner::key_pair::{Payment, Purpose, Reversal, SigningKey};

/// The merchant accounts by their names in the configuration.
pub struct Accounts(BTreeMap<String, MerchantAccount>);

/// How many steps toward one account may be under way in this process. A partner that answers
/// nothing would otherwise take all the slots that there are for steps, billing's too.
pub const STEPS_AT_ONCE: usize = 200;

/// The name under which the one kind of partner is recorded.
const PARTNER: &str = "sky";

/// One account: the partner's API, once for each purpose.
pub struct MerchantAccount {
    identity: AccountIdentity,
    steps: Semaphore,
    pub(crate) payments: PartnerClient<Payment>,
    pub(crate) reversals: PartnerClient<Reversal>,
    expiring_keys: Vec<ExpiringKey>,
}

/// An account, for one step.
pub(crate) struct OpenAccount<'a> {
    account: &'a MerchantAccount,
    _step: SemaphorePermit<'a>,
}

/// Why a step can't have its account.
pub(crate) enum Closed {
    /// It is not there, or another one now.
    Barred(String),
    /// As many steps are under way as may be.
    Busy,
}

/// A signing key whose last day is configured.
#[derive(Clone, Debug)]
pub(crate) struct ExpiringKey {
    pub(crate) merchant: String,
    /// The partner's word for what it signs.
    pub(crate) purpose: &'static str,
    pub(crate) key_id: String,
    /// The end of its last day, in UTC.
    pub(crate) expires_at: Timestamp,
}

/// `[accounts.NAME]`.
#[derive(Deserialize)]
pub struct AccountSection {
    partner_url: String,
    merchant_id: String,
    payment_key: KeySection,
    reversal_key: KeySection,
}

#[derive(Deserialize)]
struct KeySection {
    id: String,
    file: PathBuf,
    /// The last day on which the partner takes it, in UTC, like "2027-06-30".
    #[serde(default, deserialize_with = "day")]
    not_after: Option<Date>,
}

/// Jiff also takes a date with a time and a zone, and drops them: another day than was meant.
fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let day: Option<Date> = text.parse().ok();
    match day.filter(|day| day.to_string() == text) {
        Some(day) => Ok(Some(day)),
        None => Err(D::Error::custom("must be a day like \"2027-06-30\"")),
    }
}

impl Accounts {
    /// The account of this name; the error is for operators.
    pub fn named(&self, name: &str) -> Result<&MerchantAccount, String> {
        self.0
            .get(name)
            .ok_or_else(|| format!("the merchant account {name:?} is not in the configuration"))
    }

    /// The account for one step, if it still is the one that was agreed on and has room.
    pub(crate) fn open(&self, call: &PartnerCall) -> Result<OpenAccount<'_>, Closed> {
        let account = self.named(&call.merchant).map_err(Closed::Barred)?;
        if account.identity != call.identity {
            return Err(Closed::Barred(format!(
                "the merchant account {:?} is now {}, and this operation is with {}: nothing is \
                 sent to another one",
                call.merchant, account.identity, call.identity
            )));
        }
        match account.steps.try_acquire() {
            Ok(step) => Ok(OpenAccount {
                account,
                _step: step,
            }),
            Err(_) => Err(Closed::Busy),
        }
    }

    /// The accounts' names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    pub(crate) fn expiring_keys(&self) -> impl Iterator<Item = ExpiringKey> {
        self.0
            .values()
            .flat_map(|account| account.expiring_keys.clone())
    }

    /// Reads each account's keys; the error names the field.
    pub(crate) fn build(
        sections: BTreeMap<String, AccountSection>,
        folder: &Path,
        clients: &Arc<Clients>,
    ) -> Result<Accounts, String> {
        if sections.is_empty() {
            return Err("accounts: there must be at least one".to_owned());
        }
        let accounts = sections.into_iter().map(|(name, section)| {
            let account = account(&name, section, folder, clients)
                .map_err(|problem| format!("accounts.{name}.{problem}"))?;
            Ok((name, account))
        });
        accounts.collect::<Result<_, String>>().map(Accounts)
    }
}

impl From<Closed> for StatusReport {
    fn from(closed: Closed) -> StatusReport {
        match closed {
            Closed::Barred(reason) => StatusReport::AccessDenied { reason },
            Closed::Busy => StatusReport::NoAnswer {
                reason: format!("{STEPS_AT_ONCE} steps toward this account are under way here"),
                retry_after: None,
            },
        }
    }
}

impl Deref for OpenAccount<'_> {
    type Target = MerchantAccount;

    fn deref(&self) -> &MerchantAccount {
        self.account
    }
}

impl MerchantAccount {
    /// Who it is.
    pub fn identity(&self) -> &AccountIdentity {
        &self.identity
    }
}

fn account(
    name: &str,
    section: AccountSection,
    folder: &Path,
    clients: &Arc<Clients>,
) -> Result<MerchantAccount, String> {
    let base = address::configured(&section.partner_url)
        .map_err(|problem| format!("partner_url: {problem}"))?;
    let merchant_id = section.merchant_id;
    let fits = !merchant_id.is_empty() && merchant_id.bytes().all(|byte| byte.is_ascii_graphic());
    if !fits || HeaderValue::from_str(&merchant_id).is_err() {
        return Err("merchant_id: must be visible ASCII characters".to_owned());
    }
    let payment_key = key::<Payment>(&section.payment_key, folder)
        .map_err(|problem| format!("payment_key: {problem}"))?;
    let reversal_key = key::<Reversal>(&section.reversal_key, folder)
        .map_err(|problem| format!("reversal_key: {problem}"))?;
    if payment_key.fingerprint() == reversal_key.fingerprint() {
        let mend = "make a second one with `sky-worker new-keys`";
        return Err(format!(
            "reversal_key: must be another key than payment_key; {mend}"
        ));
    }
    let expiring_keys = [
        expiring::<Payment>(name, &section.payment_key),
        expiring::<Reversal>(name, &section.reversal_key),
    ];
    let (http, name, id) = (Arc::clone(clients), name.to_owned(), merchant_id.clone());
    let identity = AccountIdentity {
        partner: PARTNER.to_owned(),
        partner_url: base.to_string(),
        merchant_id: merchant_id.clone(),
    };
    Ok(MerchantAccount {
        identity,
        steps: Semaphore::new(STEPS_AT_ONCE),
        payments: PartnerClient::new(
            name.clone(),
            Arc::clone(&http),
            base.clone(),
            id,
            payment_key,
        ),
        reversals: PartnerClient::new(name, http, base, merchant_id, reversal_key),
        expiring_keys: expiring_keys.into_iter().flatten().collect(),
    })
}

fn expiring<P: Purpose>(merchant: &str, section: &KeySection) -> Option<ExpiringKey> {
    let midnight = section.not_after?.tomorrow().ok()?.at(0, 0, 0, 0);
    Some(ExpiringKey {
        merchant: merchant.to_owned(),
        purpose: P::WORD,
        key_id: section.id.clone(),
        expires_at: TimeZone::UTC.to_timestamp(midnight).ok()?,
    })
}

fn key<P: Purpose>(section: &KeySection, folder: &Path) -> Result<SigningKey<P>, String> {
    SigningKey::read(&section.id, &folder.join(&section.file))
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
