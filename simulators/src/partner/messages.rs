//! The bodies of `docs/api/partner.yaml`, as they are sent, and the ids in them.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::money::Money;

/// What an operation does, and so what a key may sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum OperationType {
    /// Charges the order's saved card once more.
    Payment,
    /// Refunds money of the order to its card.
    Reversal,
}

/// An order's id: 1 to 64 characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct OrderId(String);

/// An operation's id, chosen by the merchant: 1 to 64 of `A-Z a-z 0-9 _ -`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct RequestId(String);

impl OrderId {
    /// True for the ids that `--auto-orders` leaves unknown.
    pub(super) fn stays_unknown(&self) -> bool {
        self.0.starts_with("unknown-")
    }
}

impl TryFrom<String> for OrderId {
    type Error = &'static str;

    fn try_from(id: String) -> Result<OrderId, Self::Error> {
        match id.chars().count() {
            1..=64 => Ok(OrderId(id)),
            _ => Err("an order id has 1 to 64 characters"),
        }
    }
}

impl TryFrom<String> for RequestId {
    type Error = &'static str;

    fn try_from(id: String) -> Result<RequestId, Self::Error> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if (1..=64).contains(&id.len()) && id.bytes().all(fits) {
            Ok(RequestId(id))
        } else {
            Err("a request id has 1 to 64 of A-Z a-z 0-9 _ -")
        }
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct InitSessionRequest {
    pub(super) order_id: OrderId,
    pub(super) operation: OperationType,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SubmitRequest {
    pub(super) session_id: String,
    pub(super) request_id: RequestId,
    pub(super) amount: String,
    pub(super) currency: String,
    pub(super) payment_completed_callback_url: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct StatusRequest {
    pub(super) session_id: String,
    pub(super) request_id: RequestId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Status {
    Pending,
    Completed,
    Declined,
}

/// The state of an operation, its fields in the order of `docs/api/partner.yaml`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OperationState {
    pub(super) request_id: RequestId,
    pub(super) kind: OperationType,
    pub(super) status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) decline_code: Option<String>,
    pub(super) amount: Money,
    pub(super) currency: &'static str,
    pub(super) partner_payment_id: String,
    pub(super) updated_at: Timestamp,
}
