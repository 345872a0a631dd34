//! The private port: liveness, readiness, metrics, and the OpenAPI document of the public port.

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

/// What the private port reports on.
#[derive(Clone)]
pub struct Insight {
    /// The gateway is ready for callbacks only if this is reachable.
    pub temporal: Arc<Temporal>,
    /// Renders the metrics.
    pub metrics: PrometheusHandle,
    /// From the start of a shutdown the gateway is not ready, so that balancers stop sending, while
    /// it still takes and answers callbacks.
    pub draining: CancellationToken,
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
    if insight.draining.is_cancelled() {
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
    // So that the gauge shows the current state, and not that of the last readiness check.
    insight.temporal.reachable().await;
    ([(CONTENT_TYPE, PROMETHEUS_TEXT)], insight.metrics.render())
}
