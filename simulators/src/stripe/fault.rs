//! One thing that goes wrong with a call.

use std::time::Duration;

use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::calls::Operation;
use crate::misbehaviour::{self, Answer, Lies, StatusAnswer, hits, once};

/// A fault, in JSON for example
/// `{"on":"confirm_payment_intent","request_id":"r-1","kind":"reset","executed":true}`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The calls that it affects.
    pub on: Operation,
    /// Affects only calls about this request: its id is in the metadata that the call sends, or of
    /// the object that the call names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// What the client gets instead of the correct answer; the correct answer without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<FaultKind>,
    /// The call is executed before the fault takes effect. Without a kind, or where the kind needs
    /// a correct answer, it always is.
    #[serde(default)]
    pub executed: bool,
    /// The answer of the fault is saved under the idempotency key, and so is replayed.
    #[serde(default)]
    pub saved: bool,
    /// With `saved`: Stripe executes the call in spite of its answer, this much later.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::optional")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rolls_forward_after: Option<Duration>,
    /// The call arrives, and is executed, only this much later; the kind takes effect at once.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::optional")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrives_after: Option<Duration>,
    /// The execution takes this long; the idempotency key and the object are in use meanwhile.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::optional")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub takes: Option<Duration>,
    /// The header `Stripe-Should-Retry` of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub should_retry: Option<bool>,
    /// How many of the calls it affects; 0 is all of them.
    #[serde(default = "once")]
    pub times: u32,
    /// How many of the calls pass before it starts.
    #[serde(default)]
    pub skip: u32,
    #[serde(skip)]
    seen: u32,
}

/// What the client gets. In JSON a string, or an object with a status or a delay.
pub type FaultKind = misbehaviour::FaultKind<Lie>;

/// A wrong field in an answer that is about one object.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lie {
    /// The metadata of another request.
    OtherRequest,
    /// Another id.
    OtherId,
    /// Another amount.
    OtherAmount,
    /// Another currency.
    OtherCurrency,
    /// The status `settling`.
    UnknownStatus,
}

impl Fault {
    /// This fault, if it applies to this call now. Each call that gets here counts.
    pub(super) fn due(&mut self, operation: Operation, request_id: Option<&str>) -> Option<Fault> {
        let is_about_another =
            self.request_id.is_some() && self.request_id.as_deref() != request_id;
        if self.on != operation || is_about_another {
            return None;
        }
        hits(&mut self.seen, self.skip, self.times).then(|| self.clone())
    }

    /// True if the call is executed in spite of the fault.
    pub(super) fn executes(&self) -> bool {
        let kind = self.kind.as_ref();
        self.executed || kind.is_none_or(FaultKind::needs_the_right_answer)
    }

    /// The answer that is saved under the idempotency key.
    pub(super) fn saved_answer(&self) -> Option<Answer> {
        match &self.kind {
            Some(FaultKind::Status(answer)) if self.saved => Some(error(answer)),
            _ => None,
        }
    }
}

/// The answer of a fault in Stripe's form.
fn error(answer: &StatusAnswer) -> Answer {
    let (kind, code) = match answer.status.as_u16() {
        409 => ("idempotency_error", Some("idempotency_key_in_use")),
        429 => ("invalid_request_error", Some("rate_limit")),
        400..=499 if answer.status.as_u16() != 424 => ("invalid_request_error", None),
        _ => ("api_error", None),
    };
    let message = answer.message.as_deref().unwrap_or("simulated");
    let mut error = json!({ "type": kind, "message": message });
    if let Some(code) = answer.code.as_deref().or(code) {
        error["code"] = json!(code);
    }
    Answer {
        status: answer.status,
        body: json!({ "error": error }),
    }
}

impl Lies for Lie {
    fn told_in(self, mut answer: Answer) -> Answer {
        let is_about_an_object = answer.body.get("id").is_some();
        if is_about_an_object {
            let body = &mut answer.body;
            match self {
                Lie::OtherRequest => body["metadata"]["request_id"] = json!("another-request"),
                Lie::OtherId => body["id"] = json!(format!("{}x", text(&body["id"]))),
                Lie::OtherAmount => body["amount"] = json!(987_654_321),
                Lie::OtherCurrency if body["currency"] == "usd" => body["currency"] = json!("eur"),
                Lie::OtherCurrency => body["currency"] = json!("usd"),
                Lie::UnknownStatus => body["status"] = json!("settling"),
            }
        }
        answer
    }

    fn replacement(other: &StatusAnswer) -> Response {
        other.response_with(error(other).body)
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
