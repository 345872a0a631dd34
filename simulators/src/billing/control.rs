//! What a test or a person changes and reads, under `/sim`.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    routing::{get, put},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{fault::Fault, shared::Billing};

pub(super) fn routes() -> Router<Arc<Billing>> {
    Router::new()
        .route("/sim/documents", get(documents))
        .route("/sim/journal", get(journal))
        .route("/sim/faults", put(put_faults))
        .route("/sim/down", put(put_down))
}

async fn documents(State(billing): State<Arc<Billing>>) -> Json<Value> {
    Json(json!(billing.books().documents()))
}

async fn journal(State(billing): State<Arc<Billing>>) -> Json<Value> {
    Json(json!(billing.books().journal))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Faults {
    faults: Vec<Fault>,
}

/// Replaces every fault.
async fn put_faults(
    State(billing): State<Arc<Billing>>,
    Json(Faults { faults }): Json<Faults>,
) -> StatusCode {
    billing.books().faults = faults;
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Down {
    down: bool,
}

async fn put_down(
    State(billing): State<Arc<Billing>>,
    Json(Down { down }): Json<Down>,
) -> StatusCode {
    billing.books().is_down = down;
    StatusCode::NO_CONTENT
}
