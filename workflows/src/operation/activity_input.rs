//! The inputs of the activities: each step of an operation carries everything that it needs.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::serde::unsigned_duration::friendly::compact::required as friendly;
use serde::{Deserialize, Serialize};

use crate::contract::ids::{OrderId, RequestId};
use crate::contract::kind::Kind;
use crate::contract::money::Money;
use crate::contract::saved_card::SavedCard;
use crate::operation::submission_permit::SubmissionPermit;
use crate::operation::terms::{AccountIdentity, Terms};

/// The input of a submission, or of a question about it: which operation, and which account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PartnerCall {
    /// The merchant account, by its name in the configuration.
    pub merchant: String,
    /// The identity that the account must have.
    pub identity: AccountIdentity,
    /// Which operation.
    pub request_id: RequestId,
    /// The order.
    pub order_id: OrderId,
    /// A payment or a reversal. It decides which session and key are used.
    pub kind: Kind,
    /// The amount, as the fields `amount` and `currency`.
    #[serde(flatten)]
    pub money: Money,
    /// The partner's name of the order's original payment, where the request gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_reference: Option<String>,
    /// The partner's id of the operation, once it gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner_payment_id: Option<String>,
    /// The run in which all this is known, where an earlier one may know a `partner_payment_id` that
    /// this one does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_in: Option<String>,
    /// Whether a submission was sent or may have been. Then a question also makes the partner give
    /// up what it has not carried out, where it can be told to.
    pub may_have_been_sent: bool,
    /// How long one HTTP request may take.
    #[serde(with = "friendly")]
    pub request_timeout: Duration,
}

/// The content of a submission, in addition to the call itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SubmissionInput {
    /// Which operation, and which account.
    #[serde(flatten)]
    pub call: PartnerCall,
    /// The address that the partner has to call, without its token. The activity adds the token, so
    /// that no history contains one.
    pub callback_url: String,
    /// What Temporal must say about the step so that it may submit.
    #[serde(flatten)]
    pub permit: SubmissionPermit,
    /// Whether the fallback account takes over if no connection can be made.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub may_fall_back: bool,
    /// The terms, if the fallback account has taken over: other starts of the request have to keep
    /// them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_over: Option<Box<Terms>>,
}

/// What billing records about a completed extra payment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct BillingInput {
    /// Which operation; the idempotency key.
    pub request_id: RequestId,
    /// The order.
    pub order_id: OrderId,
    /// The amount, as the fields `amount` and `currency`.
    #[serde(flatten)]
    pub money: Money,
    /// The merchant account.
    pub merchant: String,
    /// The partner's id of the payment.
    pub partner_payment_id: String,
    /// The time of the partner's `updatedAt`.
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
