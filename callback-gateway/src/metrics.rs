//! The metrics; `docs/metrics.md` explains each series. Labels are our own constants only, so that
//! nobody outside can create new series.

use std::time::Duration;

use jiff::Timestamp;
use metrics::{
    Gauge, Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

use crate::answer::Answer;

const REQUESTS: &str = "sky_gateway_requests_total";
const REQUEST_SECONDS: &str = "sky_gateway_request_duration_seconds";
const WAITING: &str = "sky_gateway_requests_waiting_for_temporal";
const SIGNALS: &str = "sky_gateway_signals_total";
const SAVED_CARDS: &str = "sky_gateway_saved_cards_total";
const SIGNAL_SECONDS: &str = "sky_gateway_signal_duration_seconds";
const REACHABLE: &str = "sky_gateway_temporal_reachable";
const CONNECTIONS: &str = "sky_gateway_connections";
const REFUSED: &str = "sky_gateway_connections_refused_total";
const ERRORS: &str = "sky_gateway_connection_errors_total";
const HANDSHAKES: &str = "sky_gateway_tls_handshakes_total";
const RELOADS: &str = "sky_gateway_tls_reloads_total";
const LOG_LINES_LOST: &str = "sky_gateway_log_lines_lost_total";
const EXPIRY: &str = "sky_gateway_tls_certificate_expiry_timestamp_seconds";

/// A refusal takes less than a thousandth of a second, a stored signal a few hundredths, and the
/// time limit for Temporal is 3.5 s.
const BUCKETS: [f64; 12] = [
    0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0,
];

/// The port that a connection came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Port {
    /// The public one, for the partner.
    Public,
    /// Ours, for health and metrics.
    Private,
}

/// Starts the metrics. The output of the handle stays small only if `run_upkeep` is called
/// regularly.
pub fn install() -> Result<PrometheusHandle, BuildError> {
    let mut builder = PrometheusBuilder::new();
    for name in [REQUEST_SECONDS, SIGNAL_SECONDS] {
        builder = builder.set_buckets_for_metric(Matcher::Full(name.to_owned()), &BUCKETS)?;
    }
    let handle = builder.install_recorder()?;
    describe();
    begin_at_zero();
    Ok(handle)
}

pub(crate) fn answered(route: &str, answer: Answer, took: Duration) {
    let (route, status) = (route.to_owned(), answer.status().as_str().to_owned());
    histogram!(REQUEST_SECONDS, "route" => route.clone(), "answer" => status.clone()).record(took);
    requests(route, answer).increment(1);
}

/// Counts a callback that waits for Temporal, for as long as the guard lives.
pub(crate) fn waiting_for_temporal() -> Counted {
    Counted::new(gauge!(WAITING))
}

pub(crate) fn signalled(workflow: &'static str, result: &'static str, took: Duration) {
    counter!(SIGNALS, "workflow" => workflow, "result" => result).increment(1);
    histogram!(SIGNAL_SECONDS).record(took);
}

pub(crate) fn saved_card(result: &'static str) {
    counter!(SAVED_CARDS, "result" => result).increment(1);
}

pub(crate) fn temporal_reachable(reachable: bool) {
    gauge!(REACHABLE).set(u8::from(reachable));
}

/// Sets how many lines of the log have been lost so far.
pub fn log_lines_lost(so_far: usize) {
    counter!(LOG_LINES_LOST).absolute(u64::try_from(so_far).unwrap_or(u64::MAX));
}

/// Counts an open connection, for as long as the guard lives.
pub(crate) fn connected(port: Port) -> Counted {
    Counted::new(gauge!(CONNECTIONS, "port" => port.label()))
}

pub(crate) fn connection_refused(port: Port, reason: &'static str) {
    counter!(REFUSED, "port" => port.label(), "reason" => reason).increment(1);
}

pub(crate) fn connection_failed(port: Port, reason: &'static str) {
    counter!(ERRORS, "port" => port.label(), "reason" => reason).increment(1);
}

/// Adds the series of a route, which appear before its first request.
pub(crate) fn route_begins(route: &str) {
    for answer in Answer::ALL {
        requests(route.to_owned(), answer).increment(0);
    }
}

/// Adds the series about TLS, which exist only if TLS is used.
pub(crate) fn tls_begins() {
    describe_counter!(HANDSHAKES, "TLS handshakes, by how they ended");
    describe_counter!(
        RELOADS,
        "changes of the certificate's files, by what came of them"
    );
    describe_gauge!(
        EXPIRY,
        Unit::Seconds,
        "when the first certificate of the chain in use ends"
    );
    for result in ["done", "failed", "timed_out"] {
        counter!(HANDSHAKES, "result" => result).increment(0);
    }
    for result in ["loaded", "refused"] {
        counter!(RELOADS, "result" => result).increment(0);
    }
}

pub(crate) fn shook_hands(result: &'static str) {
    counter!(HANDSHAKES, "result" => result).increment(1);
}

pub(crate) fn certificate_reloaded(result: &'static str) {
    counter!(RELOADS, "result" => result).increment(1);
}

pub(crate) fn certificate_expires(at: Timestamp) {
    gauge!(EXPIRY).set(at.as_second() as f64);
}

/// One item counted by a gauge.
pub(crate) struct Counted(Gauge);

impl Counted {
    fn new(gauge: Gauge) -> Counted {
        gauge.increment(1);
        Counted(gauge)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.decrement(1);
    }
}

impl Port {
    fn label(self) -> &'static str {
        match self {
            Port::Public => "public",
            Port::Private => "private",
        }
    }
}

fn requests(route: String, answer: Answer) -> metrics::Counter {
    let status = answer.status().as_str().to_owned();
    counter!(REQUESTS, "route" => route, "answer" => status, "reason" => answer.reason())
}

fn describe() {
    describe_counter!(LOG_LINES_LOST, "lines of the log that nobody read in time");
    describe_counter!(
        REQUESTS,
        "requests to the public port, by what they were answered and why"
    );
    describe_histogram!(
        REQUEST_SECONDS,
        Unit::Seconds,
        "from a request's head to its answer"
    );
    describe_gauge!(WAITING, "callbacks that wait for Temporal");
    describe_counter!(SIGNALS, "signals sent to Temporal, by what came of them");
    describe_counter!(
        SAVED_CARDS,
        "saved cards handed to Temporal, by what came of them"
    );
    describe_histogram!(
        SIGNAL_SECONDS,
        Unit::Seconds,
        "from the sending of a signal to its result"
    );
    describe_gauge!(
        REACHABLE,
        "1 while Temporal answers for our namespace, else 0"
    );
    describe_gauge!(CONNECTIONS, "open connections");
    describe_counter!(REFUSED, "connections closed at once, by why");
    describe_counter!(
        ERRORS,
        "connections that ended outside of a request, by how"
    );
}

/// A counter that appears with its first event hides that event from `rate`.
fn begin_at_zero() {
    log_lines_lost(0);
    for route in ["on_payment_completed", "on_card_saved"] {
        route_begins(route);
    }
    for result in ["stored", "known", "failed", "timed_out"] {
        counter!(SAVED_CARDS, "result" => result).increment(0);
    }
    for workflow in ["payment", "look_again"] {
        for result in [
            "stored",
            "already_closed",
            "no_such_workflow",
            "failed",
            "timed_out",
        ] {
            counter!(SIGNALS, "workflow" => workflow, "result" => result).increment(0);
        }
    }
    for port in [Port::Public, Port::Private].map(Port::label) {
        gauge!(CONNECTIONS, "port" => port).set(0);
        for reason in ["network_not_allowed", "too_many", "too_many_of_peer"] {
            counter!(REFUSED, "port" => port, "reason" => reason).increment(0);
        }
        for reason in ["unreadable", "too_large", "timed_out", "broken_off"] {
            counter!(ERRORS, "port" => port, "reason" => reason).increment(0);
        }
    }
    gauge!(WAITING).set(0);
}
