//! The OpenAPI document of the public port. Paths, parameters and bodies are described where they
//! are implemented; this file has what they share.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{ContentBuilder, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, OpenApi, PartialSchema};

use crate::answer::{Answer, Thanks};
use crate::webhook;

/// The general part above the paths.
#[derive(OpenApi)]
#[openapi(info(
    title = "Callback gateway",
    description = "Receives the partner's callbacks. A callback proves nothing and moves no money: it \
                   only makes us ask the partner now.\n\nThe checks are made in this order, and the first \
                   that fails decides the status: 404 (path), 405, 429, 415, 413, 408, 400, 403 (of a webhook, \
                   403 before 400). Then the answer is 200, 404 or 503. A refusal has no body; ask us about one by its \
                   `x-request-id`. Repeat a callback answered 429 or 503 after the time in `Retry-After`."
))]
pub(crate) struct Preamble;

/// The webhooks, one path for all accounts.
#[derive(OpenApi)]
#[openapi(paths(webhook::on_event))]
pub(crate) struct Webhooks;

/// All answers that a request can get, from the single list of them.
impl IntoResponses for Answer {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let mut meanings: BTreeMap<StatusCode, Vec<&str>> = BTreeMap::new();
        for answer in Answer::ALL {
            let same_status = meanings.entry(answer.status()).or_default();
            same_status.push(answer.meaning());
        }
        // This answer comes from hyper, before there is a request.
        let long_head = "The head is longer than 16 KiB, or has more than 64 headers.";
        meanings.insert(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, vec![long_head]);
        let response = |(status, meanings): (StatusCode, Vec<&str>)| {
            let response = response(status, &meanings.join(" Or: "));
            (status.as_str().to_owned(), RefOr::T(response))
        };
        meanings.into_iter().map(response).collect()
    }
}

fn response(status: StatusCode, description: &str) -> Response {
    let header = |description: &str, kind: Type| {
        let schema = ObjectBuilder::new().schema_type(kind);
        let header = HeaderBuilder::new().schema(Some(schema));
        header.description(Some(description)).build()
    };
    let mut response = ResponseBuilder::new().description(description);
    let retried = |answer: &Answer| answer.status() == status && answer.retry_after().is_some();
    if Answer::ALL.iter().any(retried) {
        let seconds = header("Seconds after which to repeat the callback.", Type::Integer);
        response = response.header("Retry-After", seconds);
    }
    if status == StatusCode::METHOD_NOT_ALLOWED {
        let methods = header("The methods that are allowed.", Type::String);
        response = response.header("Allow", methods);
    }
    if status.is_success() {
        let thanks = ContentBuilder::new().schema(Some(Thanks::schema())).build();
        response = response.content("application/json", thanks);
    }
    response.build()
}
