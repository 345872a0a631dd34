//! What is answered when a callback is not taken: one shape for all, and nothing that helps a
//! forger.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Why a callback is not taken, in the order of the contract's table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// The request's form breaks HTTP in a way that hides something.
    BadRequest,
    /// Another path.
    NoSuchPath,
    /// Another method than POST.
    Method,
    /// Too many from one peer.
    TooMany,
    /// Another content type than JSON, or a content encoding.
    MediaType,
    /// A body over 4 KiB.
    TooLarge,
    /// The body was not there in time.
    Slow,
    /// No callback by the contract's schema.
    Malformed,
    /// No token, or not the one that was issued for this request.
    Token,
    /// No such workflow.
    NoSuchWorkflow,
    /// Temporal is out of reach, too slow, or has too many waiting: the partner repeats it.
    Unavailable,
}

/// After how many seconds the partner may try again.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("5");

impl Refusal {
    /// The word for it in logs and metrics.
    pub fn reason(self) -> &'static str {
        match self {
            Refusal::BadRequest => "bad_request",
            Refusal::NoSuchPath => "no_such_path",
            Refusal::Method => "method",
            Refusal::TooMany => "too_many",
            Refusal::MediaType => "media_type",
            Refusal::TooLarge => "too_large",
            Refusal::Slow => "slow",
            Refusal::Malformed => "malformed",
            Refusal::Token => "token",
            Refusal::NoSuchWorkflow => "no_such_workflow",
            Refusal::Unavailable => "unavailable",
        }
    }

    fn status(self) -> StatusCode {
        match self {
            Refusal::BadRequest | Refusal::Malformed => StatusCode::BAD_REQUEST,
            Refusal::NoSuchPath | Refusal::NoSuchWorkflow => StatusCode::NOT_FOUND,
            Refusal::Method => StatusCode::METHOD_NOT_ALLOWED,
            Refusal::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Refusal::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Refusal::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Refusal::Slow => StatusCode::REQUEST_TIMEOUT,
            Refusal::Token => StatusCode::FORBIDDEN,
            Refusal::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = self.status();
        let words = status.canonical_reason().unwrap_or_default();
        let mut response = (status, Json(json!({ "error": words }))).into_response();
        let headers = response.headers_mut();
        match self {
            Refusal::Method => {
                headers.insert(header::ALLOW, HeaderValue::from_static("POST"));
            }
            Refusal::TooMany | Refusal::Unavailable => {
                headers.insert(header::RETRY_AFTER, RETRY_AFTER);
            }
            // What of the body was not read can't be told from a next request.
            Refusal::TooLarge | Refusal::Slow | Refusal::BadRequest => {
                headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            _ => {}
        }
        response
    }
}
