//! The metrics of this process (`docs/metrics.md`), in addition to the SDK's own and those of the
//! activities.

use activities::metrics::{DURATION_BOUNDS, DURATIONS};
use metrics::{Unit, counter, describe_counter, describe_gauge, gauge};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use workflows::contract::kind::Kind;
use workflows::flow::event::{Arrival, Event};
use workflows::operation::mismatch::MismatchField;

use crate::configuration::Configuration;
use crate::{builds, open_operations};

const INFO: &str = "sky_worker_info";
const ACCOUNT_INFO: &str = "sky_account_info";
const DEADLINE: &str = "sky_needs_attention_after_seconds";
const KEYS_STALE: &str = "sky_keys_stale";
const CLOSED: &str = "sky_operations_closed_total";
const CLOSED_MINOR: &str = "sky_operations_closed_minor_units_total";
const CALLBACKS: &str = "sky_callbacks_total";
const LOST: &str = "sky_callbacks_lost_total";
const CONTRADICTED: &str = "sky_callbacks_contradicted_total";
const DIFFERENCES: &str = "sky_partner_differences_total";

const ARRIVALS: [Arrival; 4] = [
    Arrival::Early,
    Arrival::Prompt,
    Arrival::Late,
    Arrival::Repeated,
];

/// Starts the metrics. Each series whose labels are known starts at 0.
pub(crate) fn install(configuration: &Configuration) -> Result<PrometheusHandle, BuildError> {
    let mut builder = PrometheusBuilder::new();
    for name in DURATIONS {
        builder =
            builder.set_buckets_for_metric(Matcher::Full(name.to_owned()), &DURATION_BOUNDS)?;
    }
    let handle = builder.install_recorder()?;
    describe();
    open_operations::describe();
    builds::describe();
    let accounts = &configuration.configuration.accounts;
    accounts.start_metrics();
    for (merchant, account) in accounts.iter() {
        let partner = account.identity().partner.clone();
        gauge!(ACCOUNT_INFO, "merchant" => merchant.to_owned(), "partner" => partner).set(1);
        let deadline = account.schedule().needs_attention_after;
        gauge!(DEADLINE, "merchant" => merchant.to_owned()).set(deadline);
        for arrival in ARRIVALS {
            callbacks(merchant, arrival).increment(0);
        }
        counter!(LOST, "merchant" => merchant.to_owned()).increment(0);
        counter!(CONTRADICTED, "merchant" => merchant.to_owned()).increment(0);
        for field in MismatchField::ALL {
            differences(merchant, field).increment(0);
        }
    }
    let task_queue = configuration.worker.task_queue.clone();
    let revision = program_version::REVISION.unwrap_or_default();
    let version = program_version::NUMBER;
    gauge!(INFO, "version" => version, "revision" => revision, "task_queue" => task_queue).set(1);
    keys_are_stale(false);
    Ok(handle)
}

/// Sets whether the keys' files have changed and can't be read.
pub(crate) fn keys_are_stale(are_stale: bool) {
    gauge!(KEYS_STALE).set(if are_stale { 1 } else { 0 });
}

/// Counts an event of a workflow. A label is never text from outside, such as a country: the series would be
/// without number.
pub(crate) fn count(event: &Event) {
    match event {
        Event::Callback { merchant, arrival } => {
            let merchant = merchant.as_deref().unwrap_or("none");
            callbacks(merchant, *arrival).increment(1);
        }
        Event::CallbackLost { merchant } => {
            counter!(LOST, "merchant" => merchant.clone()).increment(1);
        }
        Event::CallbackContradicted { merchant } => {
            counter!(CONTRADICTED, "merchant" => merchant.clone()).increment(1);
        }
        Event::PartnerContradicts { merchant, field } => {
            differences(merchant, *field).increment(1);
        }
        Event::Closed { kind, outcome } => {
            let labels = [
                ("operation", operation(*kind).to_owned()),
                ("merchant", outcome.merchant.clone()),
                ("currency", outcome.money.currency().to_owned()),
                ("outcome", outcome.outcome.as_str().to_owned()),
            ];
            counter!(CLOSED, &labels).increment(1);
            let minor = outcome.money.minor().unsigned_abs();
            counter!(CLOSED_MINOR, &labels).increment(minor);
        }
    }
}

/// The label of a kind of operation.
fn operation(kind: Kind) -> &'static str {
    match kind {
        Kind::ExtraPayment => "extra_payment",
        Kind::PaymentReversal => "payment_reversal",
    }
}

fn callbacks(merchant: &str, arrival: Arrival) -> metrics::Counter {
    let merchant = merchant.to_owned();
    counter!(CALLBACKS, "merchant" => merchant, "arrival" => arrival.as_str())
}

fn differences(merchant: &str, field: MismatchField) -> metrics::Counter {
    counter!(DIFFERENCES, "merchant" => merchant.to_owned(), "field" => field.as_str())
}

fn describe() {
    describe_gauge!(
        INFO,
        "1, with the version, the commit and the task queue as labels"
    );
    describe_gauge!(
        ACCOUNT_INFO,
        "1 for each configured account, with the partner that it is at"
    );
    describe_gauge!(
        DEADLINE,
        Unit::Seconds,
        "schedule.needs_attention_after of the account's operations that begin now"
    );
    describe_gauge!(
        KEYS_STALE,
        "1 if the configuration or a key's file has changed and can't be used; the keys read before go on"
    );
    describe_counter!(CLOSED, "operations that reached their end");
    describe_counter!(
        CLOSED_MINOR,
        "what was asked for by operations that reached their end, in minor units"
    );
    describe_counter!(
        CALLBACKS,
        "callbacks that reached their workflow, by when they came"
    );
    describe_counter!(
        LOST,
        "operations whose end was learnt by asking, no callback having come before"
    );
    describe_counter!(
        CONTRADICTED,
        "questions that a callback caused and that found no final answer"
    );
    describe_counter!(
        DIFFERENCES,
        "status answers that speak of something else than was asked, by the field"
    );
}
