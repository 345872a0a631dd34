//! All reasons for which the partner refuses a call, with the code of `docs/api/partner.yaml`.

use axum::http::StatusCode;
use serde_json::json;

use crate::{misbehaviour::Answer, money::MoneyError};

/// A refused call: nothing was done.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error("{0}")]
    Malformed(String),
    #[error("the amount is not a positive decimal with exactly the currency's fraction digits")]
    AmountMalformed,
    #[error("the currency is not one that this order can be charged in")]
    CurrencyUnsupported,
    #[error("the callback address is not an absolute http or https URL")]
    CallbackUrlRefused,
    #[error("the signature headers are malformed or the signature does not verify")]
    SignatureInvalid,
    #[error("the merchant has no key of this name")]
    KeyUnknown,
    #[error("no such merchant")]
    MerchantUnknown,
    #[error("the timestamp is more than 300 seconds from this clock")]
    TimestampSkewed,
    #[error("the key's purpose is not this operation")]
    KeyPurposeMismatch,
    #[error("no such order")]
    OrderNotFound,
    #[error("no such session")]
    SessionNotFound,
    #[error("no such request")]
    RequestNotFound,
    #[error("the request id was used for another operation")]
    RequestConflict,
    #[error("the session has expired")]
    SessionExpired,
    #[error("the session was used for a submission before")]
    SessionUsed,
    #[error("the reversals would return more than the payments captured")]
    AmountExceedsBalance,
    #[error("the order has no saved card")]
    CardMissing,
    #[error("the order was not paid")]
    OrderNotPaid,
    /// Not in `docs/api/partner.yaml`: it tells the author of a scenario that it is impossible.
    #[error("the scenario's reports_amount is no amount of this currency")]
    ScenarioImpossible,
}

impl Refusal {
    fn status_and_code(&self) -> (StatusCode, &'static str) {
        match self {
            Refusal::Malformed(_) => (StatusCode::BAD_REQUEST, "malformed"),
            Refusal::AmountMalformed => (StatusCode::BAD_REQUEST, "amount_malformed"),
            Refusal::CurrencyUnsupported => (StatusCode::BAD_REQUEST, "currency_unsupported"),
            Refusal::CallbackUrlRefused => (StatusCode::BAD_REQUEST, "callback_url_refused"),
            Refusal::SignatureInvalid => (StatusCode::UNAUTHORIZED, "signature_invalid"),
            Refusal::KeyUnknown => (StatusCode::UNAUTHORIZED, "key_unknown"),
            Refusal::MerchantUnknown => (StatusCode::UNAUTHORIZED, "merchant_unknown"),
            Refusal::TimestampSkewed => (StatusCode::UNAUTHORIZED, "timestamp_skewed"),
            Refusal::KeyPurposeMismatch => (StatusCode::FORBIDDEN, "key_purpose_mismatch"),
            Refusal::OrderNotFound => (StatusCode::NOT_FOUND, "order_not_found"),
            Refusal::SessionNotFound => (StatusCode::NOT_FOUND, "session_not_found"),
            Refusal::RequestNotFound => (StatusCode::NOT_FOUND, "request_not_found"),
            Refusal::RequestConflict => (StatusCode::CONFLICT, "request_conflict"),
            Refusal::SessionExpired => (StatusCode::GONE, "session_expired"),
            Refusal::SessionUsed => (StatusCode::GONE, "session_used"),
            Refusal::AmountExceedsBalance => {
                (StatusCode::UNPROCESSABLE_ENTITY, "amount_exceeds_balance")
            }
            Refusal::CardMissing => (StatusCode::UNPROCESSABLE_ENTITY, "card_missing"),
            Refusal::OrderNotPaid => (StatusCode::UNPROCESSABLE_ENTITY, "order_not_paid"),
            Refusal::ScenarioImpossible => {
                (StatusCode::INTERNAL_SERVER_ERROR, "scenario_impossible")
            }
        }
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Answer {
        let (status, code) = refusal.status_and_code();
        Answer {
            status,
            body: json!({ "code": code, "message": refusal.to_string() }),
        }
    }
}

impl From<MoneyError> for Refusal {
    fn from(error: MoneyError) -> Refusal {
        match error {
            MoneyError::CurrencyMalformed => Refusal::Malformed(error.to_string()),
            MoneyError::CurrencyUnsupported => Refusal::CurrencyUnsupported,
            MoneyError::AmountMalformed => Refusal::AmountMalformed,
        }
    }
}
