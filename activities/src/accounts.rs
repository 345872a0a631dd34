//! Merchant accounts: which partner, which merchant, which keys.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use reqwest::header::HeaderValue;
use tokio::sync::{Semaphore, SemaphorePermit};
use url::Url;
use workflows::operation::activity_input::PartnerCall;
use workflows::operation::denial::Denial;
use workflows::operation::partner_report::StatusReport;
use workflows::operation::terms::AccountIdentity;

use crate::http::Clients;
use crate::metrics;
use crate::partner::sky::client::PartnerClient;
use crate::partner::sky::key_pair::{Payment, Purpose, Reversal, SigningKey};

/// The merchant accounts by their names in the configuration.
pub struct Accounts(BTreeMap<String, MerchantAccount>);

/// How many steps for one account may run in this process at once. Otherwise a partner that does
/// not answer would take all slots for activities, including billing's.
pub const STEPS_AT_ONCE: usize = 200;

/// The recorded name of the only kind of partner.
const PARTNER: &str = "sky";

/// One account: a client of the partner's API for each purpose.
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

/// Why a step can't get its account.
pub(crate) enum Closed {
    /// It does not exist, or has another identity now.
    Denied(Denial),
    /// The maximum number of steps is already running.
    Busy,
}

/// A signing key with a configured last day.
struct ExpiringKey {
    /// The partner's name for what it signs.
    purpose: &'static str,
    key_id: String,
    /// The end of its last day, in UTC.
    expires_at: Timestamp,
}

/// The parts of a merchant account.
pub struct AccountSettings {
    /// The address of the partner's API.
    pub partner_url: Url,
    /// The partner's id of the merchant.
    pub merchant_id: String,
    /// Signs extra payments.
    pub payment_key: AccountKey<Payment>,
    /// Signs reversals.
    pub reversal_key: AccountKey<Reversal>,
}

/// A signing key of an account.
pub struct AccountKey<P: Purpose> {
    /// The key.
    pub key: SigningKey<P>,
    /// The last day on which the partner accepts it, in UTC, if known.
    pub not_after: Option<Date>,
}

impl Accounts {
    /// The accounts under their names.
    pub fn new(accounts: BTreeMap<String, MerchantAccount>) -> Accounts {
        Accounts(accounts)
    }

    /// The account with this name; the error is for operators.
    pub fn named(&self, name: &str) -> Result<&MerchantAccount, String> {
        self.0
            .get(name)
            .ok_or_else(|| format!("the merchant account {name:?} is not in the configuration"))
    }

    /// The account for one step, if its identity is still the agreed one and it has a free slot.
    pub(crate) fn open(&self, call: &PartnerCall) -> Result<OpenAccount<'_>, Closed> {
        let account = self.named(&call.merchant).map_err(denied)?;
        if account.identity != call.identity {
            return Err(denied(format!(
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

    /// Starts the metrics of these accounts, before anything is counted.
    pub fn start_metrics(&self) {
        metrics::start(self.names());
        for (merchant, account) in &self.0 {
            for key in &account.expiring_keys {
                metrics::key_expires(merchant, key.purpose, &key.key_id, key.expires_at);
            }
        }
    }
}

fn denied(reason: String) -> Closed {
    Closed::Denied(Denial::by_configuration(reason))
}

impl From<Closed> for StatusReport {
    fn from(closed: Closed) -> StatusReport {
        match closed {
            Closed::Denied(denial) => StatusReport::AccessDenied(denial),
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
    /// Creates the account with this name. The error names the setting that is wrong.
    pub fn new(
        name: &str,
        settings: AccountSettings,
        clients: &Arc<Clients>,
    ) -> Result<MerchantAccount, String> {
        let AccountSettings {
            partner_url,
            merchant_id,
            payment_key,
            reversal_key,
        } = settings;
        let fits =
            !merchant_id.is_empty() && merchant_id.bytes().all(|byte| byte.is_ascii_graphic());
        if !fits || HeaderValue::from_str(&merchant_id).is_err() {
            return Err("merchant_id: must be visible ASCII characters".to_owned());
        }
        if payment_key.key.fingerprint() == reversal_key.key.fingerprint() {
            let fix = "make a second one with `sky-worker new-keys`";
            return Err(format!(
                "reversal_key: must be another key than payment_key; {fix}"
            ));
        }
        let expiring_keys = [payment_key.expiring(), reversal_key.expiring()];
        let identity = AccountIdentity {
            partner: PARTNER.to_owned(),
            partner_url: partner_url.to_string(),
            merchant_id: merchant_id.clone(),
        };
        let (name, http) = (name.to_owned(), Arc::clone(clients));
        Ok(MerchantAccount {
            identity,
            steps: Semaphore::new(STEPS_AT_ONCE),
            payments: PartnerClient::new(
                name.clone(),
                Arc::clone(&http),
                partner_url.clone(),
                merchant_id.clone(),
                payment_key.key,
            ),
            reversals: PartnerClient::new(name, http, partner_url, merchant_id, reversal_key.key),
            expiring_keys: expiring_keys.into_iter().flatten().collect(),
        })
    }

    /// The account's identity.
    pub fn identity(&self) -> &AccountIdentity {
        &self.identity
    }
}

impl<P: Purpose> AccountKey<P> {
    fn expiring(&self) -> Option<ExpiringKey> {
        let midnight = self.not_after?.tomorrow().ok()?.at(0, 0, 0, 0);
        Some(ExpiringKey {
            purpose: P::WORD,
            key_id: self.key.id().to_owned(),
            expires_at: TimeZone::UTC.to_timestamp(midnight).ok()?,
        })
    }
}
