//! What the configuration decides for an operation, once: recorded with the run, and in force for
//! its life and for every run that continues it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::contract::request::{InvalidRequest, PaymentRequest};
use crate::operation::schedule::Schedule;

/// The configuration's decisions for one operation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Terms {
    /// The merchant account, by its name in the configuration.
    pub merchant: String,
    /// Who that account is at which partner. While the configuration of this name says another
    /// identity, nothing is sent.
    pub identity: AccountIdentity,
    /// The address that the partner is to call, without its token.
    pub callback_url: String,
    /// How long to wait for what.
    pub schedule: Schedule,
    /// Whether a resolution by hand takes a second operator's approval. Absent from what was
    /// recorded before there was this choice: one was enough.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub two_operators: bool,
}

/// Who a merchant account is, and where: what must not change under an open operation. Keys are no
/// part of it, so that they can be rotated.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct AccountIdentity {
    /// Which partner.
    pub partner: String,
    /// The address of its API, in the normal form of an address.
    pub partner_url: String,
    /// The partner's name of the account.
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

/// The request that terms are wanted for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TermsInput {
    /// What is to be carried out.
    pub request: PaymentRequest,
    /// Whether the run was reset to its beginning. Then the terms of the runs before it stay in force,
    /// whatever the configuration says now: money may have moved on them.
    pub was_reset: bool,
}

/// How a request for terms is answered.
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
