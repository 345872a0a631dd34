//! What a test or a person changes: `PUT`, `POST` and `DELETE` under `/sim`.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{delete, post, put},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use url::Url;

use super::{
    callbacks,
    keys::MerchantKey,
    messages::{OrderId, RequestId},
    orders::Order,
    presets::{names, preset},
    scenario::Scenario,
    shared::Partner,
    submission::finish,
};
use crate::{
    misbehaviour::once,
    mistake::Mistake,
    money::{currency, minor_units},
};

pub(super) fn routes() -> Router<Arc<Partner>> {
    Router::new()
        .route("/sim/keys", post(add_key).delete(remove_key))
        .route("/sim/clock", put(set_clock))
        .route("/sim/orders", post(put_order))
        .route("/sim/scenarios", put(put_scenario))
        .route("/sim/scenarios", delete(delete_scenarios))
        .route("/sim/scenarios/default", put(put_default_scenario))
        .route(
            "/sim/operations/{request_id}/finish",
            post(finish_operation),
        )
        .route("/sim/callbacks/{request_id}", post(send_callbacks))
        .route("/sim/saved-cards", post(call_back_for_saved_card))
}

async fn add_key(
    State(partner): State<Arc<Partner>>,
    Json(key): Json<MerchantKey>,
) -> Result<StatusCode, Mistake> {
    partner
        .books()
        .keys
        .add(&key)
        .map_err(|error| Mistake(format!("{error:#}")))?;
    Ok(StatusCode::NO_CONTENT)
}

async fn remove_key(
    State(partner): State<Arc<Partner>>,
    Json(key): Json<MerchantKey>,
) -> StatusCode {
    partner.books().keys.remove(&key.merchant_id, &key.key_id);
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Clock {
    ahead_seconds: i32,
}

async fn set_clock(State(partner): State<Arc<Partner>>, Json(clock): Json<Clock>) -> StatusCode {
    let ahead = i64::from(clock.ahead_seconds);
    partner.clock_offset.store(ahead, Ordering::Relaxed);
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewOrder {
    order_id: OrderId,
    merchant_id: Option<String>,
    currency: String,
    captured: String,
    card: bool,
}

async fn put_order(
    State(partner): State<Arc<Partner>>,
    Json(new): Json<NewOrder>,
) -> Result<StatusCode, Mistake> {
    let currency = currency(&new.currency)?;
    let order = Order::new(currency, minor_units(&new.captured, currency)?, new.card);
    partner
        .books()
        .orders
        .put(new.merchant_id, new.order_id, order);
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewScenario {
    request_id: Option<RequestId>,
    order_id: Option<OrderId>,
    /// A preset, with some fields replaced by those of `scenario`.
    name: Option<String>,
    #[serde(default)]
    scenario: Map<String, Value>,
}

async fn put_scenario(
    State(partner): State<Arc<Partner>>,
    Json(new): Json<NewScenario>,
) -> Result<Json<Scenario>, Mistake> {
    let mut fields = match new.name {
        None => Map::new(),
        Some(name) => {
            preset(&name).ok_or_else(|| Mistake(format!("no preset {name}, but: {}", names())))?
        }
    };
    fields.extend(new.scenario);
    let mut books = partner.books();
    let scenario = books.scenarios.default.with(&fields)?;
    match (new.request_id, new.order_id) {
        (Some(id), None) => books.scenarios.by_request.insert(id, scenario.clone()),
        (None, Some(id)) => books.scenarios.by_order.insert(id, scenario.clone()),
        _ => {
            return Err(Mistake(
                "a request_id or an order_id is needed, not both".to_owned(),
            ));
        }
    };
    Ok(Json(scenario))
}

async fn put_default_scenario(
    State(partner): State<Arc<Partner>>,
    Json(fields): Json<Map<String, Value>>,
) -> Result<Json<Scenario>, Mistake> {
    let scenario = Scenario::default().with(&fields)?;
    partner.books().scenarios.default = scenario.clone();
    Ok(Json(scenario))
}

/// Removes every scenario, and resets the default to the one from the start of the process.
async fn delete_scenarios(State(partner): State<Arc<Partner>>) -> StatusCode {
    partner.reset_scenarios();
    StatusCode::NO_CONTENT
}

/// Makes a pending operation final now, with the result that the scenario of its request id says.
async fn finish_operation(
    State(partner): State<Arc<Partner>>,
    Path(request_id): Path<RequestId>,
) -> StatusCode {
    let (index, scenario) = {
        let mut books = partner.books();
        let Some(index) = books.operations.find(&request_id) else {
            return StatusCode::NOT_FOUND;
        };
        let order_id = books.operations.get(index).order_id.clone();
        let scenario = books.scenarios.find(Some(&request_id), Some(&order_id));
        (index, scenario.clone())
    };
    if finish(&partner, index, &scenario).await {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::CONFLICT
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CallbacksNow {
    #[serde(default = "once")]
    times: u32,
}

async fn send_callbacks(
    State(partner): State<Arc<Partner>>,
    Path(request_id): Path<RequestId>,
    Json(CallbacksNow { times }): Json<CallbacksNow>,
) -> Response {
    let operation = {
        let mut books = partner.books();
        books
            .operations
            .find(&request_id)
            .map(|index| books.operations.get(index).clone())
    };
    match operation {
        Some(operation) => {
            let answered = callbacks::send_now(&partner, &operation, times).await;
            Json(json!({ "answered": answered })).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The saved-card address that was given to this partner, and the body to send: `cardSaved`
/// (`docs/api/partner.yaml`), or anything else that a test needs.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedCard {
    url: String,
    card: Value,
    #[serde(default = "once")]
    times: u32,
}

/// Sends this many at once, without retries, and returns the answers.
async fn call_back_for_saved_card(
    State(partner): State<Arc<Partner>>,
    Json(SavedCard { url, card, times }): Json<SavedCard>,
) -> Result<Json<Value>, Mistake> {
    let url: Url = url.parse()?;
    let attempts = (0..times).map(|_| callbacks::card_saved(&partner, &url, &card));
    let answered = futures::future::join_all(attempts).await;
    Ok(Json(json!({ "answered": answered })))
}
