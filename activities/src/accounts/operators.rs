//! What operators see of an account, and change while the system runs.

use workflows::contract::account::{AccountFacts, AccountKey, AccountPause};
use workflows::contract::kind::Kind;

use super::Accounts;
use crate::key_ring::facts::KeyFacts;
use crate::metrics;

impl Accounts {
    /// How the account is configured, without its secrets. `routes` are the places that lead to it.
    pub fn facts(&self, name: &str, routes: Vec<String>) -> Option<AccountFacts> {
        let account = self.0.get(name)?;
        let partner = &account.partner;
        Some(AccountFacts {
            partner: account.identity.partner.clone(),
            partner_url: account.identity.partner_url.clone(),
            merchant_id: account.identity.merchant_id.clone(),
            routes,
            extra_payment: partner.promised(Kind::ExtraPayment),
            payment_reversal: partner.promised(Kind::PaymentReversal),
            keys: partner.keys().into_iter().map(key).collect(),
        })
    }

    /// Notes whether operators have paused an account.
    pub fn set_paused(&self, name: &str, paused: Option<AccountPause>) {
        if let Some(account) = self.0.get(name) {
            metrics::account_paused(name, paused.is_some());
            account.pausing.set(paused);
        }
    }
}

fn key(key: KeyFacts) -> AccountKey {
    AccountKey {
        kind: key.kind,
        key_id: key.key_id,
        not_before: key.validity.not_before(),
        not_after: key.validity.not_after(),
    }
}
