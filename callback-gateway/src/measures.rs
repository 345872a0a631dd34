//! What is counted. Labels come from our own words only, so that no outsider makes new series.

use std::time::Duration;

use metrics::{
    Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

use crate::answer::Answer;

const CALLBACKS: &str = "sky_gateway_callbacks_total";
const SECONDS: &str = "sky_gateway_callback_seconds";
const REFUSED: &str = "sky_gateway_connections_refused_total";
const REACHABLE: &str = "sky_gateway_temporal_reachable";

/// A stored signal takes a few hundredths of a second, Temporal's budget is 4 s.
const BUCKETS: [f64; 10] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0];

/// Starts counting. What the handle renders stays small only if `run_upkeep` is called now and
/// then.
pub fn install() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full(SECONDS.to_owned()), &BUCKETS)?
        .install_recorder()?;
    describe_counter!(
        CALLBACKS,
        "requests to the public port, by what they were answered"
    );
    describe_histogram!(
        SECONDS,
        Unit::Seconds,
        "time from a request's head to its answer"
    );
    describe_counter!(
        REFUSED,
        "connections closed at once because a cap was reached"
    );
    describe_gauge!(
        REACHABLE,
        "1 while Temporal answers for our namespace, else 0"
    );
    Ok(handle)
}

pub(crate) fn answered(answer: Answer, took: Duration) {
    counter!(CALLBACKS, "answer" => answer.word()).increment(1);
    histogram!(SECONDS).record(took);
}

pub(crate) fn connection_refused() {
    counter!(REFUSED).increment(1);
}

pub(crate) fn temporal_reachable(reachable: bool) {
    gauge!(REACHABLE).set(u8::from(reachable));
}
