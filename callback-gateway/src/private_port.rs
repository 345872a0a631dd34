//! The private port: is the process alive, may callbacks come, what was counted, and what does the
//! public port understand.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio_util::sync::CancellationToken;
use utoipa::openapi::OpenApi;

use crate::temporal::Temporal;

const PROMETHEUS_TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What the private port tells about.
#[derive(Clone)]
pub struct Insight {
    /// Whether it is in reach decides whether callbacks may come.
    pub temporal: Arc<Temporal>,
    /// Renders what was counted.
    pub metrics: PrometheusHandle,
    /// From the shutdown on no callbacks may come, while those that came are still answered.
    pub shutdown: CancellationToken,
}

/// `GET /health/live`, `GET /health/ready`, `GET /metrics`, and the public port's `document` at
/// `/openapi.json`.
pub fn router(insight: Insight, document: OpenApi) -> Router {
    Router::new()
        .route("/openapi.json", get(move || async move { Json(document) }))
        .route("/health/live", get("alive\n"))
        .route("/health/ready", get(ready))
        .route("/metrics", get(metrics))
        .with_state(insight)
}

async fn ready(State(insight): State<Insight>) -> impl IntoResponse {
    if insight.shutdown.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "shutting down\n");
    }
    if insight.temporal.reachable().await {
        (StatusCode::OK, "ready\n")
    } else {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            "temporal is out of reach\n",
        )
    }
}

async fn metrics(State(insight): State<Insight>) -> impl IntoResponse {
    // So that the gauge is of now, and not of whenever readiness was last asked for.
    insight.temporal.reachable().await;
    ([(CONTENT_TYPE, PROMETHEUS_TEXT)], insight.metrics.render())
}
