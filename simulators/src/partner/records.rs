//! What a test or a person reads: `GET` under `/sim`.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Query, State},
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use jiff::{civil::Date, tz::TimeZone};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    messages::{OperationState, OrderId, RequestId},
    shared::Partner,
};

pub(super) fn routes() -> Router<Arc<Partner>> {
    Router::new()
        .route("/sim/ledger", get(ledger))
        .route("/sim/operations", get(operations))
        .route("/sim/journal", get(journal))
        .route("/sim/callbacks", get(callbacks))
        .route("/sim/day-report", get(day_report))
        .route("/sim/secrets", get(secrets))
}

/// Restricts a list to one request or one order.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct About {
    request_id: Option<RequestId>,
    order_id: Option<OrderId>,
}

impl About {
    fn is(&self, request_id: &RequestId, order_id: &OrderId) -> bool {
        self.request_id.as_ref().is_none_or(|id| id == request_id)
            && self.order_id.as_ref().is_none_or(|id| id == order_id)
    }
}

async fn ledger(State(partner): State<Arc<Partner>>, Query(about): Query<About>) -> Json<Value> {
    let books = partner.books();
    let entries: Vec<_> = books
        .ledger
        .iter()
        .filter(|entry| about.is(&entry.request_id, &entry.order_id))
        .collect();
    Json(json!(entries))
}

async fn operations(
    State(partner): State<Arc<Partner>>,
    Query(about): Query<About>,
) -> Json<Value> {
    let books = partner.books();
    let all = books.operations.all().iter();
    let operations: Vec<_> = all
        .filter(|operation| about.is(&operation.request_id, &operation.order_id))
        .collect();
    Json(json!(operations))
}

async fn journal(State(partner): State<Arc<Partner>>) -> Json<Value> {
    Json(json!(partner.books().journal))
}

async fn callbacks(State(partner): State<Arc<Partner>>) -> Json<Value> {
    Json(json!(partner.books().callbacks))
}

/// Every secret that the partner issued or was given, for tests that search histories for them.
async fn secrets(State(partner): State<Arc<Partner>>) -> Json<Value> {
    let books = partner.books();
    Json(json!({
        "session_ids": books.sessions.ids(),
        "callback_addresses": books.callback_addresses,
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Day {
    date: Date,
}

/// The operations whose state last changed on a day, in UTC, as CSV.
async fn day_report(State(partner): State<Arc<Partner>>, Query(day): Query<Day>) -> Response {
    let books = partner.books();
    let mut csv = String::from(
        "requestId,kind,status,declineCode,amount,currency,partnerPaymentId,updatedAt\n",
    );
    for operation in books.operations.all() {
        if TimeZone::UTC.to_datetime(operation.updated_at()).date() == day.date {
            csv.push_str(&line(&operation.state()));
        }
    }
    ([(header::CONTENT_TYPE, "text/csv")], csv).into_response()
}

fn line(state: &OperationState) -> String {
    let word = |value: Value| value.as_str().unwrap_or_default().to_owned();
    let fields = [
        state.request_id.to_string(),
        word(json!(state.kind)),
        word(json!(state.status)),
        quoted(state.decline_code.as_deref().unwrap_or_default()),
        state.amount.to_string(),
        state.currency.to_owned(),
        state.partner_payment_id.clone(),
        state.updated_at.to_string(),
    ];
    fields.join(",") + "\n"
}

/// A decline code can be any text from the author of a scenario, even with commas.
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
