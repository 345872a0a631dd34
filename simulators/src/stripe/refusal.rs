//! Stripe's errors: `{"error":{"type":…,"code":…,"param":…,"message":…}}`.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::misbehaviour::Answer;

/// Why a call did not do what it asked for.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    error: Map<String, Value>,
    /// Whether it was found during the execution, and so is saved under the idempotency key. A
    /// failed validation is not.
    pub(super) is_saved: bool,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, kind: &str, message: &str) -> Refusal {
        let error = [("type", json!(kind)), ("message", json!(message))];
        Refusal {
            status,
            error: Map::from_iter(error.map(|(name, value)| (name.to_owned(), value))),
            is_saved: false,
        }
    }

    /// A mistake in the request, found before its execution.
    pub(super) fn invalid(message: &str) -> Refusal {
        Refusal::new(StatusCode::BAD_REQUEST, "invalid_request_error", message)
    }

    /// A parameter that is wrong.
    pub(super) fn parameter(name: &str, message: &str) -> Refusal {
        Refusal::invalid(message).with("param", json!(name))
    }

    /// An object in the path that does not exist.
    pub(super) fn not_found(kind: &str, id: &str) -> Refusal {
        let mut refusal = Refusal::no_such(kind, id).with("param", json!("id"));
        refusal.status = StatusCode::NOT_FOUND;
        refusal
    }

    /// An object among the parameters that does not exist.
    pub(super) fn no_such(kind: &str, id: &str) -> Refusal {
        Refusal::parameter(kind, &format!("No such {kind}: '{id}'"))
            .with("code", json!("resource_missing"))
    }

    /// A call that the PaymentIntent does not allow in its state; the error contains it.
    pub(super) fn unexpected_state(message: &str, intent: Value) -> Refusal {
        Refusal::invalid(message)
            .with("code", json!("payment_intent_unexpected_state"))
            .with("payment_intent", intent)
            .saved()
    }

    /// A refused charge: 402.
    pub(super) fn card(error: &Value, intent: Value) -> Refusal {
        let mut refusal = Refusal::new(StatusCode::PAYMENT_REQUIRED, "card_error", "");
        if let Value::Object(error) = error {
            refusal.error.extend(error.clone());
        }
        refusal.with("payment_intent", intent).saved()
    }

    /// Another call about the same object is running.
    pub(super) fn locked() -> Refusal {
        let message = "This object cannot be accessed right now because another API request is \
                       currently accessing it.";
        Refusal::new(
            StatusCode::TOO_MANY_REQUESTS,
            "invalid_request_error",
            message,
        )
        .with("code", json!("lock_timeout"))
    }

    pub(super) fn with(mut self, name: &str, value: Value) -> Refusal {
        self.error.insert(name.to_owned(), value);
        self
    }

    pub(super) fn saved(mut self) -> Refusal {
        self.is_saved = true;
        self
    }

    pub(super) fn answer(self) -> Answer {
        Answer {
            status: self.status,
            body: json!({ "error": self.error }),
        }
    }
}
