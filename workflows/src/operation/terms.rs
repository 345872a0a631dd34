//! What the configuration decides for an operation: decided once, recorded with the run, and in
//! force for its whole life and for every run that continues it.

use std::fmt;

use serde::{Deserialize, Serialize};

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
    /// The address that the partner has to call, without its token.
    pub callback_url: String,
    /// How long to wait for what.
    pub schedule: Schedule,
    /// Whether a resolution by hand needs a second operator's approval. Absent in what was recorded
    /// before this choice existed: one operator was enough.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub two_operators: bool,
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
    /// What has to be carried out.
    pub request: PaymentRequest,
    /// Whether the run was reset to its beginning. Then the terms of the earlier runs stay in
    /// force, whatever the configuration says now: money may have moved on them.
    pub was_reset: bool,
}

/// The answer to a request for terms.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TermsDecision {
    /// It may be carried out, on these terms.
    Agreed(Terms),
    /// It names something that the configuration does not have or allow.
    Refused(InvalidRequest),
    /// The run was reset, and the terms of the runs before it can't be read, for this reason.
    Unreadable(String),
}
