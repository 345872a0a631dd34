//! What a request is answered: a status, and for the log and the metrics a reason.
//!
//! Whoever is refused learns the status that the contract's table asks for, and nothing else: no
//! refusal has a body. What exactly was wrong is told to our own people, in the log under the id in
//! `x-request-id`, and in the metrics.

use std::time::Duration;

use axum::Json;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// When the partner may repeat a callback that could not be handed to Temporal.
const RETRY_AFTER_TROUBLE: Duration = Duration::from_secs(5);

/// The end of one request, in the order in which it is decided: first whether it is heard at all,
/// then the contract's table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    /// The peer is in none of the networks that may ask.
    NetworkNotAllowed,
    /// A request that proxies might read differently: no Host or several, or another target form.
    Ambiguous,
    /// Another path than a callback's.
    NotFound,
    /// Another method than POST.
    MethodNotAllowed,
    /// The peer asks too often; it may come back after this time.
    TooManyRequests(Duration),
    /// Not plain JSON in UTF-8.
    UnsupportedMediaType,
    /// The body is longer than any callback.
    TooLarge,
    /// The body was not there in time.
    TimedOut,
    /// The body is not an object with a request id.
    Malformed,
    /// The address holds no token, or more than one.
    NoToken,
    /// The token is not one that was issued for this request id.
    WrongToken,
    /// Temporal stored the signal.
    Taken,
    /// The workflow has closed: there is nothing left to ask for.
    AlreadyClosed,
    /// The token is ours, but Temporal knows no workflow for the request id.
    NoSuchWorkflow,
    /// As many callbacks wait for Temporal as may.
    Busy,
    /// Temporal did not say in time that it stored the signal.
    TemporalUnavailable,
    /// A defect of the gateway.
    Broken,
}

impl Answer {
    /// Every answer there is, one of each kind.
    pub const ALL: [Answer; 17] = [
        Answer::NetworkNotAllowed,
        Answer::Ambiguous,
        Answer::NotFound,
        Answer::MethodNotAllowed,
        Answer::TooManyRequests(Duration::ZERO),
        Answer::UnsupportedMediaType,
        Answer::TooLarge,
        Answer::TimedOut,
        Answer::Malformed,
        Answer::NoToken,
        Answer::WrongToken,
        Answer::Taken,
        Answer::AlreadyClosed,
        Answer::NoSuchWorkflow,
        Answer::Busy,
        Answer::TemporalUnavailable,
        Answer::Broken,
    ];

    /// Why it was answered so, in one word of ours. Outsiders never see it.
    pub fn reason(self) -> &'static str {
        match self {
            Answer::NetworkNotAllowed => "network_not_allowed",
            Answer::Ambiguous => "ambiguous",
            Answer::NotFound => "not_found",
            Answer::MethodNotAllowed => "method_not_allowed",
            Answer::TooManyRequests(_) => "too_many_requests",
            Answer::UnsupportedMediaType => "unsupported_media_type",
            Answer::TooLarge => "too_large",
            Answer::TimedOut => "timed_out",
            Answer::Malformed => "malformed",
            Answer::NoToken => "no_token",
            Answer::WrongToken => "wrong_token",
            Answer::Taken => "taken",
            Answer::AlreadyClosed => "already_closed",
            Answer::NoSuchWorkflow => "no_such_workflow",
            Answer::Busy => "busy",
            Answer::TemporalUnavailable => "temporal_unavailable",
            Answer::Broken => "broken",
        }
    }

    /// The answer as HTTP puts it.
    pub fn status(self) -> StatusCode {
        match self {
            Answer::Ambiguous | Answer::Malformed => StatusCode::BAD_REQUEST,
            Answer::NotFound | Answer::NoSuchWorkflow => StatusCode::NOT_FOUND,
            Answer::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Answer::TooManyRequests(_) => StatusCode::TOO_MANY_REQUESTS,
            Answer::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Answer::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Answer::TimedOut => StatusCode::REQUEST_TIMEOUT,
            Answer::NetworkNotAllowed | Answer::NoToken | Answer::WrongToken => {
                StatusCode::FORBIDDEN
            }
            Answer::Taken | Answer::AlreadyClosed => StatusCode::OK,
            Answer::Busy | Answer::TemporalUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            Answer::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn retry_after(self) -> Option<Duration> {
        match self {
            Answer::TooManyRequests(wait) => Some(wait),
            Answer::Busy | Answer::TemporalUnavailable => Some(RETRY_AFTER_TROUBLE),
            _ => None,
        }
    }
}

/// The response carries the answer along, for whoever counts it.
impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let status = self.status();
        let mut response = match status.is_success() {
            true => (status, Json(json!({ "answer": "taken" }))).into_response(),
            false => status.into_response(),
        };
        if let Some(wait) = self.retry_after() {
            // Whole seconds, rounded up: a peer that comes back on time is never early.
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
