//! Receives every call of the API: checks it, finds its fault, and answers.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use futures::future::join_all;
use jiff::Timestamp;
use serde_json::json;
use tokio::time::{sleep, timeout};

use super::{
    access::{masked, sent_key},
    calls::Call,
    fault::{Fault, FaultKind},
    form::Form,
    idempotency::Use,
    journal::JournalEntry,
    origin::Origin,
    performance::{Done, Sent, perform},
    refusal::Refusal,
    shared::Stripe,
};
use crate::{misbehaviour::Answer, random_id::random_id};

pub(super) fn routes() -> Router<Arc<Stripe>> {
    Router::new().fallback(answer)
}

async fn answer(
    State(stripe): State<Arc<Stripe>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let text = |name: &str| Some(headers.get(name)?.to_str().ok()?.to_owned());
    let mut entry = JournalEntry {
        at: Timestamp::now(),
        method: method.to_string(),
        path: uri.path().to_owned(),
        api_key: sent_key(&headers).map(masked),
        version: text("stripe-version"),
        idempotency_key: text("idempotency-key"),
        ..JournalEntry::default()
    };
    let origin = Origin {
        at: entry.at,
        request: Some(random_id("req_")),
        idempotency_key: entry
            .idempotency_key
            .clone()
            .filter(|_| method == Method::POST),
    };
    let sent = match receive(&stripe, &method, &uri, &headers, &body, origin.clone()) {
        Ok(sent) => sent,
        Err(refusal) => {
            let done = Done::refused(refusal);
            return conclude(&stripe, entry, &origin, done, None).await;
        }
    };
    let operation = sent.call.operation;
    entry.operation = Some(operation);
    entry.parameters = sent.form.shown();
    let fault = {
        let mut books = stripe.books();
        entry.request_id = match sent.form.peek("metadata[request_id]") {
            Some(id) => Some(id.to_owned()),
            None => books.request_id_of(&sent.call.id),
        };
        let id = entry.request_id.as_deref();
        let mut faults = books.faults.iter_mut();
        faults.find_map(|fault| fault.due(operation, id))
    };
    entry.fault = fault.as_ref().map(|fault| json!(fault));
    let done = undergo(&stripe, sent, fault.as_ref(), &entry).await;
    conclude(&stripe, entry, &origin, done, fault).await
}

/// Executes the call as its fault says.
async fn undergo(
    stripe: &Arc<Stripe>,
    sent: Sent,
    fault: Option<&Fault>,
    entry: &JournalEntry,
) -> Done {
    let late = fault.and_then(|fault| fault.arrives_after);
    let executes = fault.is_none_or(|fault| fault.executes() || fault.saved_answer().is_some());
    match (late, executes) {
        // Nobody waits for the call, which is still on its way.
        (Some(after), false) => {
            let (stripe, fault) = (Arc::clone(stripe), fault.cloned());
            let mut entry = entry.clone();
            tokio::spawn(async move {
                sleep(after).await;
                let done = perform(&stripe, sent, fault.as_ref()).await;
                entry.at = Timestamp::now();
                entry.add_result(done.answer.as_ref(), done.replayed);
                stripe.books().journal.add(entry);
            });
            Done::not_executed()
        }
        (None, false) => Done::not_executed(),
        (late, true) => {
            sleep(late.unwrap_or_default()).await;
            perform(stripe, sent, fault).await
        }
    }
}

/// Checks what comes before any execution.
fn receive(
    stripe: &Stripe,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: &[u8],
    origin: Origin,
) -> Result<Sent, Refusal> {
    let path = uri.path();
    let call = Call::at(method, path).ok_or_else(|| {
        let message = format!("Unrecognized request URL ({method}: {path}).");
        Refusal::new(StatusCode::NOT_FOUND, "invalid_request_error", &message)
    })?;
    stripe.books().api_keys.admit(sent_key(headers), &call)?;
    let version = headers.get("stripe-version");
    if !version.is_some_and(|version| is_version(version.as_bytes())) {
        let message = "A Stripe-Version is needed, such as 2026-10-28.endive: without it the \
                       account's own one would apply.";
        return Err(Refusal::invalid(message));
    }
    let is_form = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(FORM));
    if !body.is_empty() && !is_form {
        let message = "Invalid request (check that your POST content type is \
                       application/x-www-form-urlencoded).";
        return Err(Refusal::invalid(message));
    }
    let form = if method == Method::POST {
        Form::parse(body)
    } else {
        Form::parse(uri.query().unwrap_or_default().as_bytes())
    };
    let used = origin.idempotency_key.clone().map(|key| Use {
        key,
        endpoint: format!("{method} {path}"),
        parameters: form.clone(),
    });
    Ok(Sent {
        call,
        form,
        used,
        origin,
    })
}

/// `2026-10-28.endive` or `2024-06-20`.
fn is_version(version: &[u8]) -> bool {
    version.len() >= 10
        && version[..10].iter().enumerate().all(|(at, byte)| {
            if at == 4 || at == 7 {
                *byte == b'-'
            } else {
                byte.is_ascii_digit()
            }
        })
        && matches!(version.get(10), None | Some(b'.'))
}

/// Logs the call, and lets the fault change the answer if there is one.
async fn conclude(
    stripe: &Stripe,
    mut entry: JournalEntry,
    origin: &Origin,
    done: Done,
    fault: Option<Fault>,
) -> Response {
    entry.add_result(done.answer.as_ref(), done.replayed);
    let answer = done.answer;
    tracing::info!(path = entry.path, status = entry.status, fault = ?entry.fault, "answered");
    let key = origin.idempotency_key.clone();
    stripe.books().journal.add(entry);
    // Whether they were delivered or not, the answer is sent now.
    let _ = timeout(PATIENCE, join_all(done.awaited)).await;
    // Something for a fault to damage.
    let body = json!({ "object": "none" });
    let status = StatusCode::OK;
    let answer = answer.unwrap_or(Answer { status, body });
    // With a saved answer, the correct answer is already the fault's.
    let spoils = fault
        .as_ref()
        .filter(|fault| fault.saved_answer().is_none());
    let kind = spoils.and_then(|fault| fault.kind.as_ref());
    let is_replayed = done.replayed && !matches!(kind, Some(FaultKind::Status(_)));
    let mut response = match kind {
        Some(kind) => kind.spoil(answer).await,
        None => answer.into_response(),
    };
    let mut add = |name: &'static str, value: Option<&str>| {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
            let name = HeaderName::from_static(name);
            response.headers_mut().insert(name, value);
        }
    };
    add("request-id", origin.request.as_deref());
    add("idempotency-key", key.as_deref());
    add("idempotent-replayed", is_replayed.then_some("true"));
    let should_retry = fault.and_then(|fault| fault.should_retry);
    let should_retry = should_retry.map(|should| should.to_string());
    add("stripe-should-retry", should_retry.as_deref());
    response
}

const FORM: &[u8] = b"application/x-www-form-urlencoded";

/// The longest that an answer waits for events.
const PATIENCE: Duration = Duration::from_secs(5);
