//! What the configuration decides for an operation: decided once, recorded with the run, and in
//! force for its whole life and for every run that continues it.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::contract::chosen_account::ChosenAccount;
use crate::contract::kind::Kind;
use crate::contract::promises::Promises;
use crate::contract::request::{InvalidRequest, PaymentRequest};
use crate::operation::schedule::Schedule;

/// The configuration's decisions for one operation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Terms {
    /// The merchant account, by its name in the configuration.
    pub merchant: String,
    /// The identity of that account at its partner. While the configuration gives this name another
    /// identity, nothing is sent.
    pub identity: AccountIdentity,
    /// Why this account: the request named it, or a route did ("KG/Bishkek: route 3").
    pub chosen_by: String,
    /// What the partner promises about this operation.
    pub promises: Promises,
    /// The address that the partner has to call, without its token.
    pub callback_url: String,
    /// How long to wait for what.
    pub schedule: Schedule,
    /// The account that takes the operation over if the partner of this one refuses connections
    /// before anything was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback: Option<Box<Fallback>>,
    /// Whether it has taken over.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has_fallen_back: bool,
    /// Whether a resolution by hand needs a second operator's approval. Absent in what was recorded
    /// before this choice existed: one operator was enough.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub two_operators: bool,
}

/// Another account, with what belongs to it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Fallback {
    /// Its name in the configuration.
    pub merchant: String,
    /// Its identity.
    pub identity: AccountIdentity,
    /// What its partner promises about this operation.
    pub promises: Promises,
    /// Its timings.
    pub schedule: Schedule,
}

/// The identity of a merchant account: what must not change during an open operation. Keys are not
/// part of it, so that they can be rotated.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct AccountIdentity {
    /// Which partner.
    pub partner: String,
    /// The address of its API, in the normal form of an address.
    pub partner_url: String,
    /// The partner's id of the account.
    pub merchant_id: String,
}

impl Terms {
    /// The account, as operators see it.
    pub fn account(&self) -> ChosenAccount {
        ChosenAccount {
            merchant: self.merchant.clone(),
            partner: self.identity.partner.clone(),
            chosen_by: self.chosen_by.clone(),
        }
    }

    /// Passes the operation to the fallback, if there is one.
    pub fn fall_back(&mut self) {
        if let Some(fallback) = self.fallback.take() {
            self.chosen_by += &format!("; {} refused connections", self.merchant);
            self.merchant = fallback.merchant;
            self.identity = fallback.identity;
            self.promises = fallback.promises;
            self.schedule = fallback.schedule;
            self.has_fallen_back = true;
        }
    }
}

impl fmt::Display for AccountIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let AccountIdentity {
            partner,
            partner_url,
            merchant_id,
        } = self;
        write!(f, "{merchant_id} at {partner} ({partner_url})")
    }
}

/// The request for which terms are needed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TermsInput {
    /// A payment or a reversal.
    pub kind: Kind,
    /// What has to be carried out.
    pub request: PaymentRequest,
    /// Whether the run was reset to its beginning. Then the terms of the earlier runs stay in
    /// force, whatever the configuration says now: money may have moved on them.
    pub was_reset: bool,
    /// The workflow's time. The answer tells it, because a replay may see another one.
    pub now: Timestamp,
}

/// The answer to a request for terms.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TermsDecision {
    /// It may be carried out.
    Agreed {
        /// On these terms.
        terms: Box<Terms>,
        /// The workflow's time at which they were asked for.
        at: Timestamp,
    },
    /// It names something that the configuration does not have or allow.
    Refused(InvalidRequest),
    /// There are earlier runs, and their terms can't be read, for this reason.
    Unreadable(String),
}

#[cfg(test)]
impl Terms {
    /// The terms of account "m" at a partner that proves absence.
    pub(crate) fn in_tests() -> Terms {
        use std::time::Duration;
        Terms {
            merchant: "m".to_owned(),
            identity: AccountIdentity {
                partner: "sky".to_owned(),
                partner_url: "https://partner.example/".to_owned(),
                merchant_id: "m-1".to_owned(),
            },
            chosen_by: "the request".to_owned(),
            promises: Promises {
                accepts_within: Some(Duration::from_secs(15)),
                shows_within: Some(Duration::from_secs(30)),
                ..Promises::default()
            },
            callback_url: "https://gateway.example/".to_owned(),
            schedule: Schedule::default(),
            fallback: None,
            has_fallen_back: false,
            two_operators: false,
        }
    }
}
