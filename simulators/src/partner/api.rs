//! The four calls of `docs/api/partner.yaml`.

use std::sync::Arc;

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse, Response},
    routing::post,
};
use serde::de::DeserializeOwned;
use serde_json::json;

use super::{
    answers,
    fault::{Call, Fault},
    journal::JournalEntry,
    messages::{InitSessionRequest, OperationType, StatusRequest, SubmitRequest},
    refusal::Refusal,
    shared::Partner,
    signature::{self, Caller},
    submission::submit,
};
use crate::{misbehaviour::Answer, strict_json};

pub(super) fn routes() -> Router<Arc<Partner>> {
    Router::new()
        .route("/v1/initSession", post(init_session))
        .route(
            "/v1/completeMerchantAcquiring",
            post(complete_merchant_acquiring),
        )
        .route("/v1/processPaymentReversal", post(process_payment_reversal))
        .route("/v1/paymentStatus", post(payment_status))
        .fallback(elsewhere)
}

/// A request as it was sent, which is what was signed.
type Sent = (Uri, HeaderMap, Bytes);

async fn init_session(State(partner): State<Arc<Partner>>, sent: Sent) -> Response {
    let mut entry = JournalEntry::new(sent.0.path(), partner.now());
    let (caller, message) = match read::<InitSessionRequest>(&partner, &sent, &mut entry) {
        Ok(read) => read,
        Err(refusal) => return conclude(&partner, entry, refusal.into(), None).await,
    };
    entry.order_id = Some(message.order_id.clone());
    let (_, fault) =
        partner
            .books()
            .scenarios
            .play(Call::InitSession, None, Some(&message.order_id));
    let answer = answers::open_session(&partner, caller, message).unwrap_or_else(Answer::from);
    conclude(&partner, entry, answer, fault).await
}

async fn complete_merchant_acquiring(State(partner): State<Arc<Partner>>, sent: Sent) -> Response {
    submission(&partner, OperationType::Payment, sent).await
}

async fn process_payment_reversal(State(partner): State<Arc<Partner>>, sent: Sent) -> Response {
    submission(&partner, OperationType::Reversal, sent).await
}

async fn submission(partner: &Arc<Partner>, kind: OperationType, sent: Sent) -> Response {
    let mut entry = JournalEntry::new(sent.0.path(), partner.now());
    let checked =
        read::<SubmitRequest>(partner, &sent, &mut entry).and_then(|(caller, message)| {
            entry.request_id = Some(message.request_id.clone());
            entry.order_id = partner.books().sessions.order_of(&message.session_id);
            answers::check_submission(partner, &caller, kind, message)
        });
    let submission = match checked {
        Ok(submission) => submission,
        Err(refusal) => return conclude(partner, entry, refusal.into(), None).await,
    };
    let (scenario, fault) = partner.books().scenarios.play(
        Call::Submit,
        Some(&submission.request_id),
        Some(&submission.order_id),
    );
    let (answer, executed) = submit(partner, submission, &scenario, fault.as_ref()).await;
    entry.executed = executed;
    conclude(partner, entry, scenario.date(answer), fault).await
}

async fn payment_status(State(partner): State<Arc<Partner>>, sent: Sent) -> Response {
    let mut entry = JournalEntry::new(sent.0.path(), partner.now());
    let (caller, message) = match read::<StatusRequest>(&partner, &sent, &mut entry) {
        Ok(read) => read,
        Err(refusal) => return conclude(&partner, entry, refusal.into(), None).await,
    };
    entry.request_id = Some(message.request_id.clone());
    entry.order_id = partner.books().sessions.order_of(&message.session_id);
    let (scenario, fault) = partner.books().scenarios.play(
        Call::Status,
        Some(&message.request_id),
        entry.order_id.as_ref(),
    );
    let answer = answers::report(&partner, &caller, &message).unwrap_or_else(Answer::from);
    conclude(&partner, entry, scenario.date(answer), fault).await
}

/// The target of redirects. A client that comes here has followed one.
async fn elsewhere(State(partner): State<Arc<Partner>>, uri: Uri) -> Response {
    let entry = JournalEntry::new(uri.path(), partner.now());
    let status = StatusCode::NOT_FOUND;
    let body = json!({ "code": "not_found", "message": "no such path" });
    conclude(&partner, entry, Answer { status, body }, None).await
}

/// Checks the signature, then reads the body.
fn read<T: DeserializeOwned>(
    partner: &Partner,
    (uri, headers, body): &Sent,
    entry: &mut JournalEntry,
) -> Result<(Caller, T), Refusal> {
    let now = partner.now();
    let caller = signature::verify(uri.path(), headers, body, &partner.books().keys, now)?;
    entry.merchant_id = Some(caller.merchant_id.clone());
    let message = strict_json::parse(body).map_err(Refusal::Malformed)?;
    Ok((caller, message))
}

/// Logs the request, and lets the fault change the answer if there is one.
async fn conclude(
    partner: &Partner,
    mut entry: JournalEntry,
    answer: Answer,
    fault: Option<Fault>,
) -> Response {
    entry.status = answer.status.as_u16();
    entry.code = answer.body["code"].as_str().map(str::to_owned);
    entry.fault = fault.as_ref().map(|fault| json!(fault.kind));
    tracing::info!(path = entry.path, status = entry.status, fault = ?entry.fault, "answered");
    partner.books().journal.add(entry);
    match fault {
        Some(fault) => fault.kind.spoil(answer).await,
        None => answer.into_response(),
    }
}
