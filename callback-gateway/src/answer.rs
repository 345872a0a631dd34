//! What a callback is answered: a status and one word, the same word in the body, in the log and
//! in the metrics.

use std::time::Duration;

use axum::Json;
use axum::http::header::{ALLOW, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// When the partner may repeat a callback that could not be handed to Temporal.
const RETRY_AFTER_TROUBLE: Duration = Duration::from_secs(5);

/// The end of one request, in the order in which the contract's table decides it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    /// A request that proxies might read differently: no Host or several, or another target form.
    BadRequest,
    /// Another path than the callback's.
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
    /// The token is not there, or not the one issued for this request id.
    Forbidden,
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
    /// The answer in one word.
    pub fn word(self) -> &'static str {
        match self {
            Answer::BadRequest => "bad_request",
            Answer::NotFound => "not_found",
            Answer::MethodNotAllowed => "method_not_allowed",
            Answer::TooManyRequests(_) => "too_many_requests",
            Answer::UnsupportedMediaType => "unsupported_media_type",
            Answer::TooLarge => "too_large",
            Answer::TimedOut => "timed_out",
            Answer::Malformed => "malformed",
            Answer::Forbidden => "forbidden",
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
            Answer::BadRequest | Answer::Malformed => StatusCode::BAD_REQUEST,
            Answer::NotFound | Answer::NoSuchWorkflow => StatusCode::NOT_FOUND,
            Answer::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Answer::TooManyRequests(_) => StatusCode::TOO_MANY_REQUESTS,
            Answer::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Answer::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Answer::TimedOut => StatusCode::REQUEST_TIMEOUT,
            Answer::Forbidden => StatusCode::FORBIDDEN,
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

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = (self.status(), Json(json!({ "answer": self.word() }))).into_response();
        let headers = response.headers_mut();
        if self == Answer::MethodNotAllowed {
            headers.insert(ALLOW, HeaderValue::from_static("POST"));
        }
        if let Some(wait) = self.retry_after() {
            // Whole seconds, rounded up: a peer that comes back on time is never early.
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_to_come_back_is_rounded_up_to_seconds() {
        for (millis, header) in [(1, "1"), (1_000, "1"), (1_001, "2")] {
            let answer = Answer::TooManyRequests(Duration::from_millis(millis));
            let response = answer.into_response();
            assert_eq!(response.headers()[RETRY_AFTER], header);
        }
    }
}
