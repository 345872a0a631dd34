//! The identifiers of an operation, their rules, and the conversion between request ids and
//! workflow ids.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The task queue that workers poll unless configured otherwise (`docs/contract.md`).
pub const TASK_QUEUE: &str = "sky-technologies-integration";

const WORKFLOW_ID_PREFIX: &str = "sky-payment-";

/// Identifies one payment or reversal for good; chosen by procaas. 1 to 64 of `A-Z a-z 0-9 _ -`.
///
/// The partner identifies the operation by it and billing uses it as the idempotency key, so every
/// retry sends it unchanged.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "schema", schemars(extend("pattern" = "^[A-Za-z0-9_-]{1,64}$")))]
pub struct RequestId(String);

/// The order whose rider is charged or refunded. 1 to 64 visible ASCII characters.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "schema", schemars(extend("pattern" = "^[!-~]{1,64}$")))]
pub struct OrderId(String);

/// Why a text is not a valid identifier.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum IdError {
    /// A request id breaks its rule.
    #[error("request_id must be 1 to 64 characters of A-Z, a-z, 0-9, _ and -")]
    Request,
    /// An order id breaks its rule.
    #[error("order_id must be 1 to 64 visible ASCII characters")]
    Order,
}

impl RequestId {
    /// Accepts the text if it follows the rule.
    pub fn parse(text: &str) -> Result<RequestId, IdError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        match (1..=64).contains(&text.len()) && text.bytes().all(allowed) {
            true => Ok(RequestId(text.to_owned())),
            false => Err(IdError::Request),
        }
    }

    /// The operation's id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id of the one workflow that may carry out this request.
    pub fn workflow_id(&self) -> String {
        format!("{WORKFLOW_ID_PREFIX}{}", self.0)
    }

    /// The request that the workflow with this id carries out, if it is one of ours.
    pub fn of_workflow(workflow_id: &str) -> Option<RequestId> {
        RequestId::parse(workflow_id.strip_prefix(WORKFLOW_ID_PREFIX)?).ok()
    }
}

impl OrderId {
    /// Accepts the text if it follows the rule.
    pub fn parse(text: &str) -> Result<OrderId, IdError> {
        match (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            true => Ok(OrderId(text.to_owned())),
            false => Err(IdError::Order),
        }
    }

    /// The order's id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for RequestId {
    type Error = IdError;

    fn try_from(text: String) -> Result<RequestId, IdError> {
        RequestId::parse(&text)
    }
}

impl From<RequestId> for String {
    fn from(id: RequestId) -> String {
        id.0
    }
}

impl TryFrom<String> for OrderId {
    type Error = IdError;

    fn try_from(text: String) -> Result<OrderId, IdError> {
        OrderId::parse(&text)
    }
}

impl From<OrderId> for String {
    fn from(id: OrderId) -> String {
        id.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_id_and_its_workflow_id_name_each_other() {
        let id = RequestId::parse("Ride-7_a").unwrap();
        assert_eq!(id.workflow_id(), "sky-payment-Ride-7_a");
        assert_eq!(RequestId::of_workflow(&id.workflow_id()), Some(id));
        assert_eq!(RequestId::of_workflow("sky-payment-"), None);
        assert_eq!(RequestId::of_workflow("other-Ride-7_a"), None);
    }

    #[test]
    fn ids_that_break_their_rules_are_refused() {
        let long = "a".repeat(65);
        for text in ["", "a b", "a\n", "ä", "a/b", "a.b", "a\0", long.as_str()] {
            assert_eq!(RequestId::parse(text), Err(IdError::Request), "{text:?}");
        }
        for text in ["", "a b", "a\t", "ä", "a\0", "\u{7f}", long.as_str()] {
            assert_eq!(OrderId::parse(text), Err(IdError::Order), "{text:?}");
        }
        assert!(OrderId::parse("~!order#1/2").is_ok());
    }
}
