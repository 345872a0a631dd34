//! What the activities are given: each step of an operation carries all that it needs.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::serde::unsigned_duration::friendly::compact::required as friendly;
use serde::{Deserialize, Serialize};

use crate::contract::ids::{OrderId, RequestId};
use crate::contract::kind::Kind;
use crate::contract::money::Money;
use crate::contract::saved_card::SavedCard;
use crate::operation::submission_permit::SubmissionPermit;
use crate::operation::terms::AccountIdentity;

/// A submission, or the question about it: which operation, over which account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PartnerCall {
    /// The merchant account, by its name in the configuration.
    pub merchant: String,
    /// Who that account must be.
    pub identity: AccountIdentity,
    /// Which operation.
    pub request_id: RequestId,
    /// For which order.
    pub order_id: OrderId,
    /// A payment or a reversal: decides the session and the key.
    pub kind: Kind,
    /// How long one HTTP request may take.
    #[serde(with = "friendly")]
    pub request_timeout: Duration,
}

/// What a submission says beside the call itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SubmissionInput {
    /// Which operation, over which account.
    #[serde(flatten)]
    pub call: PartnerCall,
    /// How much, as the fields `amount` and `currency`.
    #[serde(flatten)]
    pub money: Money,
    /// The address that the partner is to call, without its token: that is added on the way out,
    /// so that no history holds one.
    pub callback_url: String,
    /// What Temporal must say of the step for it to submit anything.
    #[serde(flatten)]
    pub permit: SubmissionPermit,
}

/// What billing records of a completed extra payment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct BillingInput {
    /// Which operation; the idempotency key.
    pub request_id: RequestId,
    /// For which order.
    pub order_id: OrderId,
    /// How much, as the fields `amount` and `currency`.
    #[serde(flatten)]
    pub money: Money,
    /// Over which merchant account.
    pub merchant: String,
    /// The partner's name of the payment.
    pub partner_payment_id: String,
    /// The moment of the partner's `updatedAt`.
    pub completed_at: Timestamp,
    /// How long the HTTP request may take.
    #[serde(with = "friendly")]
    pub request_timeout: Duration,
}

/// What procaas is told of a saved card.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SavedCardInput {
    /// The card; its key is the idempotency key.
    pub card: SavedCard,
    /// How long the HTTP request may take.
    #[serde(with = "friendly")]
    pub request_timeout: Duration,
}
