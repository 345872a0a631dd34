//! The life of the process: connect, poll, and on SIGTERM let running activities finish.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use activities::accounts::STEPS_AT_ONCE;
use metrics_exporter_prometheus::PrometheusHandle;
use temporalio_client::Client;
use temporalio_common::telemetry::metrics::CoreMeter;
use temporalio_common::telemetry::{
    PrometheusExporterOptions, TelemetryOptions, start_prometheus_metric_exporter, telemetry_init,
};
use temporalio_sdk::runtime::worker_tuner::{FixedSizeSlotSupplier, TunerHolder};
use temporalio_sdk::runtime::{PollerBehavior, Runtime, RuntimeOptions};
use temporalio_sdk::{Worker, WorkerOptions};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::time::interval;
use tokio_util::task::AbortOnDropHandle;
use tracing::{error, info};
use workflows::{ExtraPayment, LookAgain, PaymentReversal, RecordSavedCard};

use crate::configuration::{Configuration, WorkerSection};
use crate::private_port::{self, Insight};
use crate::witness::witness;
use crate::{Failure, metrics, open_operations, spans, temporal};

/// The share of the pollers for workflow tasks that serve new workflows. The SDK's default is one
/// in five, and then a new payment waits seconds for its first task under load.
const NEW_WORKFLOW_POLLERS: f32 = 0.5;

const POLLERS: usize = 16;

/// How many tasks of a kind may run at once, for kinds that don't wait for an outside system.
const SLOTS: usize = 100;

/// How much longer than the grace period the process may take to end by itself. The SDK's shutdown
/// can hang if the server does not answer; nothing is lost when it is cut off.
const LAST_RESORT: Duration = Duration::from_secs(5);

const SDK_METRICS_TIMEOUT: Duration = Duration::from_secs(5);

const UPKEEP: Duration = Duration::from_secs(5);

/// Polls until it gets a signal to stop.
pub(crate) fn run(configuration: Configuration) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Other(format!("no threads to run on: {error}")))?;
    let result = runtime.block_on(poll_traced(configuration));
    runtime.shutdown_background();
    result
}

/// Polls, and exports the spans of it if that is configured.
async fn poll_traced(configuration: Configuration) -> Result<(), Failure> {
    let traces = spans::export().map_err(|error| Failure::Configuration(error.to_string()))?;
    let result = poll(configuration, traces.is_some()).await;
    if let Some(traces) = traces {
        traces.shut_down().await;
    }
    result
}

async fn poll(configuration: Configuration, traced: bool) -> Result<(), Failure> {
    let section = configuration.worker.clone();
    let sdk_metrics = start_prometheus_metric_exporter(sdk_metrics()).map_err(other)?;
    let (polling, is_polling) = watch::channel(false);
    let insight = Insight {
        metrics: metrics::install(&configuration).map_err(other)?,
        sdk: sdk_metrics.bound_addr,
        http: http_client()?,
        is_polling,
    };
    let _upkeep = AbortOnDropHandle::new(tokio::spawn(upkeep(insight.metrics.clone())));
    let listen = section.private_listen;
    let private = TcpListener::bind(listen).await;
    let private = private
        .map_err(|error| Failure::Other(format!("worker.private_listen: {listen}: {error}")))?;
    let started = serde_json::json!({
        "task_queue": section.task_queue,
        "private": format!("http://{}", private.local_addr().map_err(other)?),
    });
    let _private = AbortOnDropHandle::new(tokio::spawn(private_port::serve(private, insight)));
    let telemetry = TelemetryOptions::builder()
        .metrics(sdk_metrics.meter as Arc<dyn CoreMeter>)
        .build();
    let client_meter = telemetry_init(telemetry.clone()).map_err(other)?;
    let client_meter = client_meter.get_temporal_metric_meter();
    let options = RuntimeOptions::builder()
        .telemetry_options(telemetry)
        .build()
        .map_err(|error| Failure::Other(error.to_string()))?;
    let runtime = Runtime::from_current_tokio(options).map_err(other)?;

    let mut stop = Stop::listen().map_err(other)?;
    let client = tokio::select! {
        client = temporal::connect(client_meter, traced) => client?,
        () = stop.asked() => return Ok(()),
    };
    let names = configuration.configuration.accounts.names();
    let merchants = names.map(str::to_owned).collect();
    let listing =
        open_operations::watch(client.clone(), merchants, section.open_operations_interval);
    let _listing = AbortOnDropHandle::new(tokio::spawn(listing));
    let mut worker = worker(&runtime, client, configuration)?;
    let shut_down = worker.shutdown_handle();
    polling.send_replace(true);
    println!("{started}");
    info!(%started, "polling");

    let deadline = async {
        stop.asked().await;
        info!("shutting down: no new tasks, activities in flight may finish");
        polling.send_replace(false);
        shut_down();
        tokio::time::sleep(section.shutdown_grace + LAST_RESORT).await;
    };
    tokio::select! {
        result = worker.run() => result.map_err(other),
        () = deadline => {
            error!("what was in flight did not end in time; its outcome is asked for later");
            Ok(())
        }
    }
}

/// The SDK can only serve its metrics on a port of its own. It is on loopback, and the private port
/// fetches the metrics from there. The suffixes are those of Temporal's alert guide.
fn sdk_metrics() -> PrometheusExporterOptions {
    PrometheusExporterOptions::builder()
        .socket_addr(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
        .counters_total_suffix(true)
        .unit_suffix(true)
        .use_seconds_for_durations(true)
        .build()
}

fn http_client() -> Result<reqwest::Client, Failure> {
    let builder = reqwest::Client::builder()
        .no_proxy()
        .timeout(SDK_METRICS_TIMEOUT);
    builder.build().map_err(other)
}

/// Keeps the output of the metrics' handle small.
async fn upkeep(metrics: PrometheusHandle) {
    let mut ticks = interval(UPKEEP);
    loop {
        ticks.tick().await;
        metrics.run_upkeep();
    }
}

fn worker(
    runtime: &Runtime,
    client: Client,
    configuration: Configuration,
) -> Result<Worker, Failure> {
    let Configuration {
        worker,
        configuration,
        partner,
        billing,
        procaas,
    } = configuration;
    let WorkerSection {
        task_queue,
        shutdown_grace,
        ..
    } = worker;
    // Each account may hold its maximum number of steps; the rest is for billing and procaas.
    let steps = STEPS_AT_ONCE * configuration.accounts.names().count() + SLOTS;
    let options = WorkerOptions::new(task_queue)
        .tuner(slots(steps))
        .workflow_task_poller_behavior(PollerBehavior::SimpleMaximum(POLLERS))
        .activity_task_poller_behavior(PollerBehavior::SimpleMaximum(POLLERS))
        .nonsticky_to_sticky_poll_ratio(NEW_WORKFLOW_POLLERS)
        .graceful_shutdown_period(shutdown_grace)
        .workflow_interceptor(witness())
        .register_workflow::<ExtraPayment>()
        .map_err(other)?
        .register_workflow::<LookAgain>()
        .map_err(other)?
        .register_workflow::<PaymentReversal>()
        .map_err(other)?
        .register_workflow::<RecordSavedCard>()
        .map_err(other)?
        .register_activities(billing)
        .register_activities(configuration)
        .register_activities(partner)
        .register_activities(procaas)
        .build();
    Worker::new(runtime, client, options).map_err(other)
}

fn slots(steps: usize) -> TunerHolder {
    let others = || FixedSizeSlotSupplier::new(SLOTS);
    TunerHolder::builder()
        .workflow_task_slot_supplier(others())
        .activity_task_slot_supplier(FixedSizeSlotSupplier::new(steps))
        .local_activity_task_slot_supplier(others())
        .nexus_task_slot_supplier(others())
        .build()
}

/// SIGTERM or Ctrl-C.
struct Stop {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

impl Stop {
    fn listen() -> std::io::Result<Stop> {
        Ok(Stop {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn asked(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

fn other(error: impl std::fmt::Display) -> Failure {
    Failure::Other(error.to_string())
}
