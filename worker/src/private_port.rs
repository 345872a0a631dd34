//! The private port: liveness, readiness (whether it polls) and metrics.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tracing::warn;

const PROMETHEUS_TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What the private port reports on.
#[derive(Clone)]
pub(crate) struct Insight {
    /// Renders this project's metrics.
    pub(crate) metrics: PrometheusHandle,
    /// Where the SDK serves its own metrics, since its registry is not accessible.
    pub(crate) sdk: SocketAddr,
    /// The client for that request.
    pub(crate) http: reqwest::Client,
    /// Whether the process accepts work: not before it is connected, and not during a shutdown.
    pub(crate) is_polling: watch::Receiver<bool>,
}

/// Serves `GET /health/live`, `GET /health/ready` and `GET /metrics`, for as long as it is polled.
pub(crate) async fn serve(listener: TcpListener, insight: Insight) -> std::io::Result<()> {
    let router = Router::new()
        .route("/health/live", get("alive\n"))
        .route("/health/ready", get(ready))
        .route("/metrics", get(metrics))
        .with_state(insight);
    axum::serve(listener, router).await
}

async fn ready(State(insight): State<Insight>) -> impl IntoResponse {
    if *insight.is_polling.borrow() {
        (StatusCode::OK, "ready\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not polling\n")
    }
}

async fn metrics(State(insight): State<Insight>) -> impl IntoResponse {
    let mut text = insight.metrics.render();
    match sdk_metrics(&insight).await {
        Ok(of_the_sdk) => text.push_str(&of_the_sdk),
        Err(error) => warn!(%error, "the SDK's metrics are missing"),
    }
    ([(CONTENT_TYPE, PROMETHEUS_TEXT)], text)
}

async fn sdk_metrics(insight: &Insight) -> reqwest::Result<String> {
    let url = format!("http://{}/metrics", insight.sdk);
    insight.http.get(url).send().await?.text().await
}
