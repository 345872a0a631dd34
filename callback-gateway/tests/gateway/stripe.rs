//! Events as Stripe sends them.

use harness::stripe_signature;
use jiff::Timestamp;

use super::process::STRIPE_SECRET;

/// An account with two secrets, in live mode.
pub(super) const SETTINGS: &str = "[webhooks.stripe.main]\n\
     secrets = [{ file = \"stripe-secret\" }, { file = \"stripe-old-secret\" }]\nlivemode = true";

pub(super) const PATH: &str = "/v1/webhooks/stripe/main";

/// An event of this type about an object with this request id, with an id of its own.
pub(super) fn event(kind: &str, request_id: &str) -> String {
    let object = match kind.split_once('.') {
        Some(("payment_intent", _)) => "payment_intent",
        Some(("refund", _)) => "refund",
        _ => "charge",
    };
    let id = fastrand::u64(..);
    format!(
        r#"{{
  "id": "evt_{id}",
  "object": "event",
  "api_version": "2026-08-26.dahlia",
  "created": 1790000000,
  "data": {{
    "object": {{
      "id": "x_1",
      "object": "{object}",
      "amount": 12550,
      "currency": "kgs",
      "metadata": {{
        "request_id": "{request_id}"
      }}
    }}
  }},
  "livemode": true,
  "pending_webhooks": 1,
  "request": {{
    "id": "req_1",
    "idempotency_key": "{request_id}"
  }},
  "type": "{kind}"
}}"#
    )
}

/// The request that brings this event, signed now.
pub(super) fn signed(body: &str) -> String {
    let header = stripe_signature(&[STRIPE_SECRET], now(), body.as_bytes());
    webhook(&header, body)
}

/// The request that brings this event with this signature.
pub(super) fn webhook(signature: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST {PATH} HTTP/1.1\r\nHost: gateway\r\n\
         Content-Type: application/json; charset=utf-8\r\nContent-Length: {length}\r\n\
         Stripe-Signature: {signature}\r\n\r\n{body}"
    )
}

pub(super) fn now() -> i64 {
    Timestamp::now().as_second()
}
