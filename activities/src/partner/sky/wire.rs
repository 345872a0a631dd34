//! The JSON of the partner's API, field by field, and its only translation into our terms. The
//! partner's day report has the same words, and is read in
//! `operator-cli/src/reconciliation/day_report.rs`.

use jiff::Timestamp;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use workflows::contract::kind::Kind;
use workflows::contract::money::Money;
use workflows::contract::rfc_3339;
use workflows::operation::partner_report::{OperationState, Shown, Status};

use crate::http;
use crate::partner::plain_code;

/// The longest text of an answer that may enter a history, in bytes.
const LONGEST_TEXT: usize = 256;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct InitSessionRequest<'a> {
    pub(super) order_id: &'a str,
    pub(super) operation: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Session {
    pub(super) session_id: String,
    #[serde(rename = "expiresAt", deserialize_with = "date_time")]
    pub(super) _expires_at: Timestamp,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SubmitRequest<'a> {
    pub(super) session_id: &'a str,
    pub(super) request_id: &'a str,
    pub(super) amount: &'a str,
    pub(super) currency: &'a str,
    pub(super) payment_completed_callback_url: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StatusRequest<'a> {
    pub(super) session_id: &'a str,
    pub(super) request_id: &'a str,
}

/// The partner's `OperationState`. Fields that we don't know are ignored.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireState {
    request_id: String,
    kind: String,
    status: String,
    decline_code: Option<String>,
    amount: String,
    currency: String,
    partner_payment_id: String,
    #[serde(deserialize_with = "date_time")]
    updated_at: Timestamp,
}

/// The partner's `Error`. Its message may contain anything, so it is required but never read.
#[derive(Deserialize)]
struct WireError {
    code: String,
    #[serde(rename = "message")]
    _message: String,
}

/// Parses a session, if the body is one.
pub(super) fn session(body: &[u8]) -> Option<Session> {
    http::object(body).filter(|session: &Session| !session.session_id.is_empty())
}

/// Parses a state by the schema of `docs/api/partner.yaml`, if the body is one.
pub(super) fn operation_state(body: &[u8]) -> Option<OperationState> {
    let wire: WireState = http::object(body)?;
    let texts = [
        &wire.request_id,
        &wire.kind,
        &wire.status,
        &wire.amount,
        &wire.currency,
        &wire.partner_payment_id,
    ];
    let bounded = texts
        .into_iter()
        .all(|text| (1..=LONGEST_TEXT).contains(&text.len()));
    // The other fields are only compared with the request. This one is passed on.
    let sound = bounded && !wire.partner_payment_id.contains(char::is_control);
    sound.then(|| OperationState {
        kind: kind(wire.kind),
        status: status(wire.status, wire.decline_code),
        money: money(&wire.amount, &wire.currency),
        request_id: wire.request_id,
        partner_payment_id: wire.partner_payment_id,
        updated_at: wire.updated_at,
    })
}

fn kind(text: String) -> Shown<Kind> {
    match text.as_str() {
        "PAYMENT" => Shown::Ours(Kind::ExtraPayment),
        "REVERSAL" => Shown::Ours(Kind::PaymentReversal),
        _ => Shown::Unknown { text },
    }
}

fn status(text: String, decline_code: Option<String>) -> Status {
    match text.as_str() {
        "PENDING" => Status::Pending,
        "COMPLETED" => Status::Completed,
        "DECLINED" => Status::Declined {
            code: plain_code(&decline_code.unwrap_or_default()),
        },
        _ => Status::Unknown(text),
    }
}

fn money(amount: &str, currency: &str) -> Shown<Money> {
    match Money::parse(amount, currency) {
        Ok(money) => Shown::Ours(money),
        Err(_) => Shown::Unknown {
            text: format!("{amount} {currency}"),
        },
    }
}

/// Parses an error's code, if the body is an error by the schema of `docs/api/partner.yaml`.
pub(super) fn error_code(body: &[u8]) -> Option<String> {
    let error: WireError = http::object(body)?;
    Some(plain_code(&error.code))
}

fn date_time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let text = String::deserialize(deserializer)?;
    rfc_3339::parse(&text).ok_or_else(|| D::Error::custom("not a date-time of RFC 3339"))
}
