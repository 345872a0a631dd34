//! The private port: health and metrics, for operators and schedulers, never for the public.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::temporal::Temporal;

/// How long an answer about Temporal is good.
const FRESH: Duration = Duration::from_secs(1);

const DURATION_BUCKETS: [f64; 9] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 2.0, 5.0];

/// What the private port shows.
pub struct Private {
    temporal: Arc<Temporal>,
    metrics: PrometheusHandle,
    last_seen: Mutex<Option<(Instant, bool)>>,
}

impl Private {
    /// Collects the process's metrics from here on; once per process.
    pub fn new(temporal: Arc<Temporal>) -> Result<Private, BuildError> {
        let durations = Matcher::Suffix("duration_seconds".to_owned());
        let metrics = PrometheusBuilder::new()
            .set_buckets_for_metric(durations, &DURATION_BUCKETS)?
            .install_recorder()?;
        metrics::describe_counter!(
            "sky_gateway_callbacks_total",
            "Callbacks by how they were answered."
        );
        metrics::describe_histogram!(
            "sky_gateway_callback_duration_seconds",
            metrics::Unit::Seconds,
            "From a callback's head to its answer."
        );
        Ok(Private {
            temporal,
            metrics,
            last_seen: Mutex::new(None),
        })
    }

    /// The private routes.
    pub fn router(self) -> Router {
        Router::new()
            .route("/health/live", get(|| async { "alive\n" }))
            .route("/health/ready", get(ready))
            .route("/metrics", get(metrics))
            .with_state(Arc::new(self))
    }

    async fn sees_temporal(&self) -> bool {
        // Whoever comes while it is asked waits for that answer.
        let mut last_seen = self.last_seen.lock().await;
        if let Some((_, reachable)) = last_seen.filter(|(at, _)| at.elapsed() < FRESH) {
            return reachable;
        }
        let reachable = self.temporal.is_reachable().await;
        *last_seen = Some((Instant::now(), reachable));
        reachable
    }
}

async fn ready(State(private): State<Arc<Private>>) -> (StatusCode, &'static str) {
    match private.sees_temporal().await {
        true => (StatusCode::OK, "ready\n"),
        false => (
            StatusCode::SERVICE_UNAVAILABLE,
            "Temporal is out of reach\n",
        ),
    }
}

async fn metrics(State(private): State<Arc<Private>>) -> impl IntoResponse {
    private.metrics.run_upkeep();
    (
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4")],
        private.metrics.render(),
    )
}
