//! The answer to a request: a status, and a reason for the log and the metrics.
//!
//! A refused peer learns the status in the table of `docs/contract.md` and nothing else: no refusal
//! has a body. The exact reason is in the log, under the id of `x-request-id`, and in the metrics.

use std::time::Duration;

use axum::Json;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// When the partner may repeat a callback that could not be passed to Temporal.
const RETRY_AFTER_TROUBLE: Duration = Duration::from_secs(5);

/// The result of one request, in the order in which it is decided: first whether the request is
/// processed at all, then the table in `docs/contract.md`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    /// The peer is not in an allowed network.
    NetworkNotAllowed,
    /// Proxies might interpret the request differently: no Host or several, or an unusual request
    /// target.
    Ambiguous,
    /// The path is not a callback's.
    NotFound,
    /// The method is not POST.
    MethodNotAllowed,
    /// The peer sends too many requests; it may retry after this time.
    TooManyRequests(Duration),
    /// Not plain JSON in UTF-8.
    UnsupportedMediaType,
    /// The body is too long for a callback.
    TooLarge,
    /// The body did not arrive in time.
    TimedOut,
    /// The body is not an object with a request id.
    Malformed,
    /// The body contains what may be a complete card number.
    CardNumber,
    /// The address has no token, or more than one.
    NoToken,
    /// The token was not issued for this request id.
    WrongToken,
    /// The webhook has no readable signature, or more than one header with one.
    NoSignature,
    /// None of the account's secrets made the webhook's signature.
    WrongSignature,
    /// The webhook was signed too long ago, or in the future.
    OldSignature,
    /// Temporal stored the signal.
    Taken,
    /// The workflow has closed or is gone, and Temporal stored the signal to the one that looks again.
    LooksAgain,
    /// The workflow has closed, so there is nothing left to ask.
    AlreadyClosed,
    /// The token is valid, but Temporal knows no workflow for the request id.
    NoSuchWorkflow,
    /// The webhook's event is of a type that wakes nobody, or about another kind of object.
    OtherEvent,
    /// The webhook's event is from test mode instead of live mode, or the other way round.
    OtherMode,
    /// The webhook's event is about an object without a request id of ours.
    NotOurs,
    /// The webhook's event has a valid request id, and Temporal knows no workflow for it.
    UnknownRequest,
    /// The maximum number of callbacks is already waiting for Temporal.
    Busy,
    /// Temporal did not confirm in time that it stored the signal.
    TemporalUnavailable,
    /// A bug in the gateway.
    Broken,
}

/// The body of the 200 of a callback.
#[derive(Serialize, ToSchema)]
pub(crate) struct Thanks {
    #[schema(inline)]
    answer: Success,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Success {
    Taken,
}

impl Answer {
    /// All answers, one of each kind.
    pub const ALL: [Answer; 26] = [
        Answer::NetworkNotAllowed,
        Answer::Ambiguous,
        Answer::NotFound,
        Answer::MethodNotAllowed,
        Answer::TooManyRequests(Duration::ZERO),
        Answer::UnsupportedMediaType,
        Answer::TooLarge,
        Answer::TimedOut,
        Answer::Malformed,
        Answer::CardNumber,
        Answer::NoToken,
        Answer::WrongToken,
        Answer::NoSignature,
        Answer::WrongSignature,
        Answer::OldSignature,
        Answer::Taken,
        Answer::LooksAgain,
        Answer::AlreadyClosed,
        Answer::NoSuchWorkflow,
        Answer::OtherEvent,
        Answer::OtherMode,
        Answer::NotOurs,
        Answer::UnknownRequest,
        Answer::Busy,
        Answer::TemporalUnavailable,
        Answer::Broken,
    ];

    /// The HTTP status of the answer.
    pub fn status(self) -> StatusCode {
        self.row().0
    }

    /// The reason in one word of ours. It is never sent outside.
    pub fn reason(self) -> &'static str {
        self.row().1
    }

    /// The reason in a sentence, for the gateway's OpenAPI document.
    pub fn meaning(self) -> &'static str {
        self.row().2
    }

    /// When the peer may retry, if it may.
    pub(crate) fn retry_after(self) -> Option<Duration> {
        match self {
            Answer::TooManyRequests(wait) => Some(wait),
            Answer::Busy | Answer::TemporalUnavailable => Some(RETRY_AFTER_TROUBLE),
            _ => None,
        }
    }

    #[rustfmt::skip]
    const fn row(self) -> (StatusCode, &'static str, &'static str) {
        use StatusCode as S;
        match self {
            Answer::NetworkNotAllowed => (S::FORBIDDEN, "network_not_allowed", "The peer is not in an allowed network."),
            Answer::Ambiguous => (S::BAD_REQUEST, "ambiguous", "The request is ambiguous: another server might interpret it differently."),
            Answer::NotFound => (S::NOT_FOUND, "not_found", "There is no such path."),
            Answer::MethodNotAllowed => (S::METHOD_NOT_ALLOWED, "method_not_allowed", "The method is not POST."),
            Answer::TooManyRequests(_) => (S::TOO_MANY_REQUESTS, "too_many_requests", "The peer sends too many requests."),
            Answer::UnsupportedMediaType => (S::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "The body is not declared as `application/json`, or it is encoded."),
            Answer::TooLarge => (S::PAYLOAD_TOO_LARGE, "too_large", "The body is longer than this path takes."),
            Answer::TimedOut => (S::REQUEST_TIMEOUT, "timed_out", "The body did not arrive in time."),
            Answer::Malformed => (S::BAD_REQUEST, "malformed", "The body is not a JSON object with the required fields, or has a duplicate key."),
            Answer::CardNumber => (S::BAD_REQUEST, "card_number", "The body may contain a complete card number."),
            Answer::NoToken => (S::FORBIDDEN, "no_token", "The address has no token, or more than one."),
            Answer::WrongToken => (S::FORBIDDEN, "wrong_token", "The token was not issued for this callback."),
            Answer::NoSignature => (S::FORBIDDEN, "no_signature", "There is no readable signature, or more than one header with one."),
            Answer::WrongSignature => (S::FORBIDDEN, "wrong_signature", "The signature was not made with a secret of this account."),
            Answer::OldSignature => (S::FORBIDDEN, "old_signature", "The signature was made too long ago, or in the future."),
            Answer::Taken => (S::OK, "taken", "The callback is stored."),
            Answer::LooksAgain => (S::OK, "looks_again", "The payment or reversal has ended, and is looked at again."),
            Answer::AlreadyClosed => (S::OK, "already_closed", "The payment or reversal has ended."),
            Answer::NoSuchWorkflow => (S::NOT_FOUND, "no_such_workflow", "There is no such payment or reversal."),
            Answer::OtherEvent => (S::OK, "other_event", "The event is of a type that is not needed."),
            Answer::OtherMode => (S::OK, "other_mode", "The event is from the other one of test mode and live mode."),
            Answer::NotOurs => (S::OK, "not_ours", "The event is about an object without a request id of ours."),
            Answer::UnknownRequest => (S::OK, "unknown_request", "The event is about a payment or reversal that is not known."),
            Answer::Busy => (S::SERVICE_UNAVAILABLE, "busy", "Too many callbacks are waiting to be stored."),
            Answer::TemporalUnavailable => (S::SERVICE_UNAVAILABLE, "temporal_unavailable", "The callback could not be stored in time."),
            Answer::Broken => (S::INTERNAL_SERVER_ERROR, "broken", "The gateway has a bug."),
        }
    }
}

/// The response carries the answer, so that it can be counted.
impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let status = self.status();
        let thanks = Json(Thanks {
            answer: Success::Taken,
        });
        let mut response = if status.is_success() {
            (status, thanks).into_response()
        } else {
            status.into_response()
        };
        if let Some(wait) = self.retry_after() {
            // Whole seconds, rounded up, so that a peer that retries on time is never early.
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            let headers = response.headers_mut();
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_time_to_come_back_is_rounded_up_to_seconds() {
        for (millis, header) in [(1, "1"), (1_000, "1"), (1_001, "2")] {
            let answer = Answer::TooManyRequests(Duration::from_millis(millis));
            let response = answer.into_response();
            assert_eq!(response.headers()[RETRY_AFTER], header);
        }
    }

    #[test]
    fn each_answer_has_a_reason_of_its_own() {
        let reasons: BTreeSet<_> = Answer::ALL.map(Answer::reason).into();
        assert_eq!(reasons.len(), Answer::ALL.len());
    }
}
