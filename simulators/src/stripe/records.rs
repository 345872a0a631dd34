//! What happened: `GET` under `/sim`.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Query, State},
    routing::get,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{books::Books, shared::Stripe};

pub(super) fn routes() -> Router<Arc<Stripe>> {
    Router::new()
        .route("/sim/ledger", get(ledger))
        .route("/sim/payments", get(payments))
        .route("/sim/refunds", get(refunds))
        .route("/sim/journal", get(journal))
        .route("/sim/events", get(events))
        .route("/sim/deliveries", get(deliveries))
        .route("/sim/secrets", get(secrets))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    request_id: Option<String>,
}

impl Wanted {
    fn is(&self, request_id: Option<&String>) -> bool {
        self.request_id.is_none() || self.request_id.as_ref() == request_id
    }
}

async fn ledger(State(stripe): State<Arc<Stripe>>, Query(wanted): Query<Wanted>) -> Json<Value> {
    let mut movements = stripe.books().movements();
    movements.retain(|movement| wanted.is(movement.request_id.as_ref()));
    Json(json!(movements))
}

async fn payments(State(stripe): State<Arc<Stripe>>, Query(wanted): Query<Wanted>) -> Json<Value> {
    let books = stripe.books();
    let intents = books.intents.iter();
    let found = intents.filter(|it| wanted.is(it.metadata.get("request_id")));
    Json(json!(found.collect::<Vec<_>>()))
}

async fn refunds(State(stripe): State<Arc<Stripe>>, Query(wanted): Query<Wanted>) -> Json<Value> {
    let books = stripe.books();
    let refunds = books.refunds.iter();
    let found = refunds.filter(|it| wanted.is(it.metadata.get("request_id")));
    Json(json!(found.collect::<Vec<_>>()))
}

async fn journal(State(stripe): State<Arc<Stripe>>) -> Json<Value> {
    Json(json!(stripe.books().journal))
}

async fn events(State(stripe): State<Arc<Stripe>>) -> Json<Value> {
    Json(json!(stripe.books().events))
}

async fn deliveries(State(stripe): State<Arc<Stripe>>) -> Json<Value> {
    Json(json!(stripe.books().deliveries))
}

/// The API keys and the secrets of the webhooks: they must not appear anywhere else.
async fn secrets(State(stripe): State<Arc<Stripe>>) -> Json<Value> {
    let books = stripe.books();
    let webhook_secrets: Vec<_> = books.endpoints.iter().flat_map(|it| &it.secrets).collect();
    Json(json!({ "api_keys": books.api_keys.all(), "webhook_secrets": webhook_secrets }))
}

impl Books {
    /// The payment with this id, or the last one of the request with this id.
    pub(super) fn payment_of(&self, id: &str) -> Option<String> {
        let mut newest = self.intents.iter().rev();
        newest
            .find(|it| it.id == id || it.metadata.get("request_id").is_some_and(|its| its == id))
            .map(|it| it.id.clone())
    }

    /// The refund with this id, or the last one of the request with this id.
    pub(super) fn refund_of(&self, id: &str) -> Option<String> {
        let mut newest = self.refunds.iter().rev();
        newest
            .find(|it| it.id == id || it.metadata.get("request_id").is_some_and(|its| its == id))
            .map(|it| it.id.clone())
    }
}
