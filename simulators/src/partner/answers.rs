//! The correct answers according to `docs/api/partner.yaml`, before any fault changes them.

use axum::http::StatusCode;
use serde_json::json;
use url::Url;

use super::{
    messages::{InitSessionRequest, OperationType, StatusRequest, SubmitRequest},
    operations::Submission,
    refusal::Refusal,
    shared::Partner,
    signature::Caller,
};
use crate::{
    misbehaviour::Answer,
    money::{Money, currency},
};

pub(super) fn open_session(
    partner: &Partner,
    caller: Caller,
    message: InitSessionRequest,
) -> Result<Answer, Refusal> {
    caller.may(message.operation)?;
    let mut books = partner.books();
    if partner.auto_orders {
        books.orders.make_up(&caller.merchant_id, &message.order_id);
    }
    books
        .orders
        .find(&caller.merchant_id, &message.order_id)
        .ok_or(Refusal::OrderNotFound)?;
    let (session_id, expires_at) = books.sessions.open(
        caller.merchant_id,
        message.order_id,
        message.operation,
        partner.now(),
    );
    let body = json!({ "sessionId": session_id, "expiresAt": expires_at });
    Ok(Answer {
        status: StatusCode::OK,
        body,
    })
}

/// Turns the message into a submission that can only be refused because of its order, or because
/// the session was used before.
pub(super) fn check_submission(
    partner: &Partner,
    caller: &Caller,
    kind: OperationType,
    message: SubmitRequest,
) -> Result<Submission, Refusal> {
    let address = message.payment_completed_callback_url;
    let mut books = partner.books();
    books.callback_addresses.insert(address.clone());
    let money = Money::parse(&message.amount, currency(&message.currency)?)?;
    let callback_url = callback_url(&address)?;
    caller.may(kind)?;
    let session = books
        .sessions
        .find(&message.session_id, caller, partner.now())?;
    Ok(Submission {
        merchant_id: caller.merchant_id.clone(),
        order_id: session.order_id.clone(),
        session_id: message.session_id,
        request_id: message.request_id,
        kind,
        money,
        callback_url,
    })
}

pub(super) fn report(
    partner: &Partner,
    caller: &Caller,
    message: &StatusRequest,
) -> Result<Answer, Refusal> {
    let now = partner.now();
    let mut books = partner.books();
    let session = books.sessions.find(&message.session_id, caller, now)?;
    let (kind, order_id) = (session.kind, session.order_id.clone());
    let first = books
        .operations
        .first(&caller.merchant_id, &message.request_id);
    let operation = first
        .map(|index| books.operations.get(index))
        .filter(|operation| operation.is_visible(kind, &order_id, now))
        .ok_or(Refusal::RequestNotFound)?;
    Ok(Answer {
        status: StatusCode::OK,
        body: json!(operation.report()),
    })
}

fn callback_url(address: &str) -> Result<Url, Refusal> {
    if address.chars().count() > 512 {
        return Err(Refusal::Malformed(
            "the callback address is too long".to_owned(),
        ));
    }
    let url = Url::parse(address).map_err(|_| Refusal::CallbackUrlRefused)?;
    let is_http = matches!(url.scheme(), "http" | "https");
    let is_plain = url.username().is_empty() && url.password().is_none();
    if is_http && is_plain && url.fragment().is_none() {
        Ok(url)
    } else {
        Err(Refusal::CallbackUrlRefused)
    }
}
