//! What a test or a person changes: `PUT`, `POST` and `DELETE` under `/sim`.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{delete, post, put},
};
use futures::future::join_all;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    access::ApiKey,
    attempts,
    cards::{INSUFFICIENT_FUNDS, Settlement},
    delivery_rules::DeliveryRule,
    endpoints::Endpoint,
    fault::Fault,
    objects::RefundStatus,
    orders::{self, NewOrder, PaidOrder},
    origin::Origin,
    refunds,
    settings::Settings,
    shared::Stripe,
    webhooks,
};
use crate::{misbehaviour::once, mistake::Mistake};

pub(super) fn routes() -> Router<Arc<Stripe>> {
    Router::new()
        .route("/sim/keys", post(add_key).delete(remove_key))
        .route("/sim/settings", put(put_settings))
        .route("/sim/orders", post(pay_order))
        .route("/sim/cards/{id}", put(put_card))
        .route("/sim/faults", put(put_faults).post(add_fault))
        .route("/sim/idempotency-keys", delete(forget_idempotency_keys))
        .route("/sim/payments/{id}/settle", post(settle_payment))
        .route("/sim/refunds/{id}/status", post(change_refund))
        .route("/sim/webhooks", put(put_webhooks))
        .route("/sim/delivery-rules", put(put_delivery_rules))
        .route("/sim/events", post(send_event))
}

async fn add_key(
    State(stripe): State<Arc<Stripe>>,
    Json(key): Json<ApiKey>,
) -> Result<StatusCode, Mistake> {
    let added = stripe.books().api_keys.add(key);
    added.map_err(|error| Mistake(error.to_string()))?;
    Ok(StatusCode::NO_CONTENT)
}

async fn remove_key(State(stripe): State<Arc<Stripe>>, Json(key): Json<ApiKey>) -> StatusCode {
    stripe.books().api_keys.remove(&key.key);
    StatusCode::NO_CONTENT
}

async fn put_settings(
    State(stripe): State<Arc<Stripe>>,
    Json(settings): Json<Settings>,
) -> StatusCode {
    stripe.books().settings = settings;
    StatusCode::NO_CONTENT
}

async fn pay_order(
    State(stripe): State<Arc<Stripe>>,
    Json(new): Json<NewOrder>,
) -> Result<Json<PaidOrder>, Mistake> {
    stripe.change(|books| orders::pay(books, &new)).0.map(Json)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewCard {
    card: String,
}

/// Says what the card does: for a request, or for all requests with a payment method.
async fn put_card(
    State(stripe): State<Arc<Stripe>>,
    Path(id): Path<String>,
    Json(NewCard { card }): Json<NewCard>,
) -> Result<StatusCode, Mistake> {
    let card = orders::card(&card)?;
    let mut books = stripe.books();
    match books.payment_methods.get_mut(&id) {
        Some(method) => method.card = card,
        None => {
            books.cards.insert(id, card);
        }
    }
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Faults {
    faults: Vec<Fault>,
}

/// Replaces every fault.
async fn put_faults(
    State(stripe): State<Arc<Stripe>>,
    Json(Faults { faults }): Json<Faults>,
) -> StatusCode {
    stripe.books().faults = faults;
    StatusCode::NO_CONTENT
}

async fn add_fault(State(stripe): State<Arc<Stripe>>, Json(fault): Json<Fault>) -> StatusCode {
    stripe.books().faults.push(fault);
    StatusCode::NO_CONTENT
}

async fn forget_idempotency_keys(State(stripe): State<Arc<Stripe>>) -> StatusCode {
    stripe.books().idempotency.forget();
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settled {
    succeeds: bool,
}

/// Ends the processing of a payment, named by its own id or by its request's.
async fn settle_payment(
    State(stripe): State<Arc<Stripe>>,
    Path(id): Path<String>,
    Json(Settled { succeeds }): Json<Settled>,
) -> StatusCode {
    let settlement = if succeeds {
        Settlement::Succeeds
    } else {
        Settlement::Fails(INSUFFICIENT_FUNDS)
    };
    let (settled, _) = stripe.change(|books| {
        let id = books.payment_of(&id)?;
        Some(attempts::settle(books, &id, settlement))
    });
    match settled {
        Some(true) => StatusCode::NO_CONTENT,
        Some(false) => StatusCode::CONFLICT,
        None => StatusCode::NOT_FOUND,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewStatus {
    status: RefundStatus,
}

/// Gives a refund another status, named by its own id or by its request's.
async fn change_refund(
    State(stripe): State<Arc<Stripe>>,
    Path(id): Path<String>,
    Json(NewStatus { status }): Json<NewStatus>,
) -> StatusCode {
    let (changed, _) = stripe.change(|books| {
        let id = books.refund_of(&id);
        id.is_some_and(|id| refunds::change(books, &id, status))
    });
    if changed {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::NOT_FOUND
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Endpoints {
    endpoints: Vec<Endpoint>,
}

async fn put_webhooks(
    State(stripe): State<Arc<Stripe>>,
    Json(Endpoints { endpoints }): Json<Endpoints>,
) -> StatusCode {
    stripe.books().endpoints = endpoints;
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rules {
    rules: Vec<DeliveryRule>,
}

async fn put_delivery_rules(
    State(stripe): State<Arc<Stripe>>,
    Json(Rules { rules }): Json<Rules>,
) -> StatusCode {
    stripe.books().delivery_rules = rules;
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewEvent {
    #[serde(rename = "type")]
    kind: String,
    /// The id of an object.
    object: String,
    #[serde(default = "once")]
    times: u32,
}

/// Sends an event about an object as it is now to every endpoint, this often at once and without
/// retries, and returns the answers.
async fn send_event(
    State(stripe): State<Arc<Stripe>>,
    Json(new): Json<NewEvent>,
) -> Result<Json<Value>, Mistake> {
    let (event, endpoints) = {
        let books = stripe.books();
        let event = books.event(&new.kind, &new.object, &Origin::stripe());
        (event, books.endpoints.clone())
    };
    let event = event.ok_or_else(|| Mistake(format!("there is no object {}", new.object)))?;
    let attempts = endpoints
        .iter()
        .flat_map(|endpoint| (0..new.times).map(move |_| &endpoint.url))
        .map(|url| webhooks::attempt(&stripe, url, &event));
    let answered = join_all(attempts).await;
    Ok(Json(json!({ "event": event.id, "answered": answered })))
}
