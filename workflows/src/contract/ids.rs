//! The identifiers of an operation, their rules, and the conversion between request ids and
//! workflow ids.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::contract::kind::Kind;

/// The task queue that workers poll unless configured otherwise (`docs/contract.md`).
pub const TASK_QUEUE: &str = "sky-technologies-integration";

/// The task queue of the steps that a merchant account makes with its partner. Each account has its
/// own, so that a partner that hangs takes no slot from another one.
pub fn account_task_queue(task_queue: &str, merchant: &str) -> String {
    format!("{task_queue}:{merchant}")
}

const ACCOUNT_ID_PREFIX: &str = "sky-account-";

const WORKFLOW_ID_PREFIX: &str = "sky-payment-";

/// The ids of the workflows that look at a request again begin with this.
pub const LOOK_AGAIN_ID_PREFIX: &str = "sky-look-again-";

const FALLBACK_RECORD_ID_PREFIX: &str = "sky-fallback-";

/// The id of the workflow that keeps whether a merchant account is paused.
pub fn account_workflow_id(merchant: &str) -> String {
    format!("{ACCOUNT_ID_PREFIX}{merchant}")
}

/// The merchant account whose workflow has this id, if it is one.
pub fn account_of_workflow(workflow_id: &str) -> Option<&str> {
    workflow_id.strip_prefix(ACCOUNT_ID_PREFIX)
}

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
#[error("{} {}", self.field(), self.rule())]
pub enum IdError {
    /// A request id breaks its rule.
    Request,
    /// An order id breaks its rule.
    Order,
}

impl IdError {
    /// The contract's name of the field.
    pub fn field(self) -> &'static str {
        match self {
            IdError::Request => "request_id",
            IdError::Order => "order_id",
        }
    }

    /// The rule, without the field's name.
    pub fn rule(self) -> &'static str {
        match self {
            IdError::Request => "must be 1 to 64 characters of A-Z, a-z, 0-9, _ and -",
            IdError::Order => "must be 1 to 64 visible ASCII characters",
        }
    }
}

impl RequestId {
    /// Accepts the text if it follows the rule.
    pub fn parse(text: &str) -> Result<RequestId, IdError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if !(1..=64).contains(&text.len()) || !text.bytes().all(allowed) {
            return Err(IdError::Request);
        }
        Ok(RequestId(text.to_owned()))
    }

    /// The id of the one workflow that may carry out this request.
    pub fn workflow_id(&self) -> String {
        format!("{WORKFLOW_ID_PREFIX}{}", self.0)
    }

    /// The id of the workflow that looks at this request again after its end, where one does. If
    /// one with this id still runs for an earlier run of the request, the next has a longer id.
    pub fn look_again_id(&self) -> String {
        format!("{LOOK_AGAIN_ID_PREFIX}{}", self.0)
    }

    /// The id of the record that a fallback account has taken over an operation of this kind.
    pub fn fallback_record_id(&self, kind: Kind) -> String {
        let kind = match kind {
            Kind::ExtraPayment => "payment",
            Kind::PaymentReversal => "reversal",
        };
        format!("{FALLBACK_RECORD_ID_PREFIX}{kind}-{}", self.0)
    }

    /// The request that the workflow with this id carries out, if it is one of ours.
    pub fn of_workflow(workflow_id: &str) -> Option<RequestId> {
        RequestId::parse(workflow_id.strip_prefix(WORKFLOW_ID_PREFIX)?).ok()
    }
}

impl OrderId {
    /// Accepts the text if it follows the rule.
    pub fn parse(text: &str) -> Result<OrderId, IdError> {
        if !(1..=64).contains(&text.len()) || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(IdError::Order);
        }
        Ok(OrderId(text.to_owned()))
    }
}

macro_rules! text {
    ($id:ident) => {
        impl $id {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $id {
            type Error = IdError;

            fn try_from(text: String) -> Result<$id, IdError> {
                $id::parse(&text)
            }
        }

        impl From<$id> for String {
            fn from(id: $id) -> String {
                id.0
            }
        }

        impl fmt::Display for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text!(RequestId);
text!(OrderId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_id_and_its_workflow_id_name_each_other() {
        let id = RequestId::parse("Ride-7_a").unwrap();
        assert_eq!(id.workflow_id(), "sky-payment-Ride-7_a");
        assert_eq!(id.look_again_id(), "sky-look-again-Ride-7_a");
        let records = [Kind::ExtraPayment, Kind::PaymentReversal];
        assert_eq!(
            records.map(|kind| id.fallback_record_id(kind)),
            [
                "sky-fallback-payment-Ride-7_a",
                "sky-fallback-reversal-Ride-7_a"
            ]
        );
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
