//! Stripe's objects, with the fields that the API shows.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::cards::Card;

/// Somebody who pays.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Customer {
    pub(super) id: String,
    pub(super) object: &'static str,
    pub(super) created: i64,
    pub(super) metadata: BTreeMap<String, String>,
}

/// A saved way to pay.
#[derive(Clone, Debug, Serialize)]
pub(super) struct PaymentMethod {
    pub(super) id: String,
    pub(super) object: &'static str,
    pub(super) customer: Option<String>,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    #[serde(skip)]
    pub(super) card: Card,
}

/// One try to move money; a failed one has moved nothing.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Charge {
    pub(super) id: String,
    pub(super) object: &'static str,
    pub(super) amount: i64,
    pub(super) amount_refunded: i64,
    pub(super) created: i64,
    pub(super) currency: String,
    pub(super) customer: Option<String>,
    pub(super) failure_code: Option<&'static str>,
    pub(super) livemode: bool,
    pub(super) metadata: BTreeMap<String, String>,
    pub(super) outcome: Outcome,
    pub(super) paid: bool,
    pub(super) payment_intent: String,
    pub(super) payment_method: Option<String>,
    pub(super) refunded: bool,
    pub(super) status: &'static str,
    /// The idempotency key of the call that made it.
    #[serde(skip)]
    pub(super) idempotency_key: Option<String>,
}

/// How the bank decided.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Outcome {
    pub(super) reason: Option<&'static str>,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
}

/// One payment, with at most one successful charge.
#[derive(Clone, Debug, Serialize)]
pub(super) struct PaymentIntent {
    pub(super) id: String,
    pub(super) object: &'static str,
    pub(super) amount: i64,
    pub(super) amount_received: i64,
    pub(super) canceled_at: Option<i64>,
    pub(super) cancellation_reason: Option<String>,
    pub(super) capture_method: &'static str,
    pub(super) confirmation_method: &'static str,
    pub(super) client_secret: String,
    pub(super) created: i64,
    pub(super) currency: String,
    pub(super) customer: Option<String>,
    pub(super) description: Option<String>,
    pub(super) last_payment_error: Option<Value>,
    pub(super) latest_charge: Option<String>,
    pub(super) livemode: bool,
    pub(super) metadata: BTreeMap<String, String>,
    pub(super) next_action: Option<Value>,
    pub(super) payment_method: Option<String>,
    pub(super) payment_method_types: [&'static str; 1],
    pub(super) status: PaymentStatus,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum PaymentStatus {
    RequiresPaymentMethod,
    RequiresConfirmation,
    RequiresAction,
    Processing,
    Succeeded,
    Canceled,
}

/// Money that goes back from one charge.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Refund {
    pub(super) id: String,
    pub(super) object: &'static str,
    pub(super) amount: i64,
    pub(super) charge: String,
    pub(super) created: i64,
    pub(super) currency: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) failure_reason: Option<&'static str>,
    pub(super) metadata: BTreeMap<String, String>,
    pub(super) payment_intent: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pending_reason: Option<&'static str>,
    pub(super) reason: Option<String>,
    pub(super) status: RefundStatus,
    /// The idempotency key of the call that made it.
    #[serde(skip)]
    pub(super) idempotency_key: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RefundStatus {
    Pending,
    RequiresAction,
    Succeeded,
    Failed,
    Canceled,
}

impl RefundStatus {
    /// Whether the money stays away from the account.
    pub(super) fn moves_money(self) -> bool {
        !matches!(self, RefundStatus::Failed | RefundStatus::Canceled)
    }
}
