//! The only call of `docs/api/billing.yaml`.

use std::sync::Arc;

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use jiff::Timestamp;
use serde_json::json;

use super::{
    documents::{Document, ExtraPayment, JournalEntry},
    fault::Fault,
    shared::Billing,
};
use crate::{bearer::refused, misbehaviour::Answer, strict_json};

pub(super) fn routes() -> Router<Arc<Billing>> {
    Router::new().route("/v1/extra-payments", post(extra_payments))
}

async fn extra_payments(
    State(billing): State<Arc<Billing>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let payment = match read(&billing, &headers, &body) {
        Ok(payment) => payment,
        Err(refusal) => return conclude(&billing, None, refusal, None).await,
    };
    let request_id = payment.request_id.clone();
    let fault = billing.books().fault_due(&request_id);
    let answer = match &fault {
        // Something for the fault to change; nobody will find this document.
        Some(fault) if !fault.records() => recorded(&Document::new(payment)),
        _ => match billing.books().record(payment) {
            Some(document) => recorded(document),
            None => refused(StatusCode::CONFLICT, "the key was used with another body"),
        },
    };
    conclude(&billing, Some(request_id), answer, fault).await
}

fn read(billing: &Billing, headers: &HeaderMap, body: &[u8]) -> Result<ExtraPayment, Answer> {
    if billing.books().is_down {
        return Err(refused(StatusCode::SERVICE_UNAVAILABLE, "down"));
    }
    billing.token.admit(headers)?;
    let payment: ExtraPayment =
        strict_json::parse(body).map_err(|error| refused(StatusCode::BAD_REQUEST, &error))?;
    payment
        .money()
        .map_err(|error| refused(StatusCode::BAD_REQUEST, &error.to_string()))?;
    let key = headers.get("idempotency-key").map(|key| key.as_bytes());
    let fits = (1..=64).contains(&payment.request_id.chars().count());
    if !fits || key != Some(payment.request_id.as_bytes()) {
        return Err(refused(
            StatusCode::BAD_REQUEST,
            "the idempotency key is not the request_id",
        ));
    }
    Ok(payment)
}

fn recorded(document: &Document) -> Answer {
    let body = json!({ "billing_document_id": document.billing_document_id });
    Answer {
        status: StatusCode::OK,
        body,
    }
}

/// Logs the request, and lets the fault change the answer if there is one.
async fn conclude(
    billing: &Billing,
    request_id: Option<String>,
    answer: Answer,
    fault: Option<Fault>,
) -> Response {
    let entry = JournalEntry {
        at: Timestamp::now(),
        request_id,
        status: answer.status.as_u16(),
        fault: fault.as_ref().map(|fault| json!(fault.kind)),
    };
    tracing::info!(request_id = entry.request_id, status = entry.status, fault = ?entry.fault, "answered");
    billing.books().journal.add(entry);
    match fault {
        Some(fault) => fault.kind.spoil(answer).await,
        None => answer.into_response(),
    }
}
