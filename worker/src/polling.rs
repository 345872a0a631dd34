//! The life of the process: connect, poll, and on SIGTERM let running activities finish.

use std::mem;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process;
use std::sync::Arc;
use std::time::Duration;

use activities::agree_terms::ConfigurationActivities;
use futures::future::try_join_all;
use gethostname::gethostname;
use metrics_exporter_prometheus::PrometheusHandle;
use stop_signal::Stop;
use temporalio_client::Client;
use temporalio_common::telemetry::metrics::CoreMeter;
use temporalio_common::telemetry::{
    PrometheusExporterOptions, TelemetryOptions, start_prometheus_metric_exporter, telemetry_init,
};
use temporalio_common::worker::WorkerDeploymentVersion;
use temporalio_sdk::runtime::worker_tuner::{FixedSizeSlotSupplier, TunerHolder};
use temporalio_sdk::runtime::{PollerBehavior, Runtime, RuntimeOptions};
use temporalio_sdk::{Worker, WorkerOptions};
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::sync::watch;
use tokio::time::interval;
use tokio_util::task::AbortOnDropHandle;
use tracing::{error, info};
use workflows::contract::ids::account_task_queue;

use crate::account_watch::{AccountWatch, Place};
use crate::configuration::{Configuration, WorkerSection};
use crate::private_port::{self, Insight};
use crate::witness::witness;
use crate::{
    Failure, builds, key_watch, metrics, open_operations, spans, temporal, version, workflow_types,
};

/// The share of the pollers for workflow tasks that serve new workflows. The SDK's default is one
/// in five, and then a new payment waits seconds for its first task under load.
const NEW_WORKFLOW_POLLERS: f32 = 0.5;

/// How much longer than the grace period the process may take to end by itself. The SDK's shutdown
/// can hang if the server does not answer; nothing is lost when it is cut off.
const LAST_RESORT: Duration = Duration::from_secs(5);

const SDK_METRICS_TIMEOUT: Duration = Duration::from_secs(5);

const UPKEEP: Duration = Duration::from_secs(5);

/// Polls until it gets a signal to stop. `path` is the configuration's file.
pub(crate) fn run(configuration: Configuration, path: PathBuf) -> Result<(), Failure> {
    let mut builder = match configuration.worker.threads {
        // Then its tasks are not handed over between threads (docs/scaling.md).
        Some(1) => Builder::new_current_thread(),
        threads => {
            let mut builder = Builder::new_multi_thread();
            threads.map(|threads| builder.worker_threads(threads));
            builder
        }
    };
    let runtime = builder
        .enable_all()
        .build()
        .map_err(|error| Failure::Other(format!("no threads to run on: {error}")))?;
    let result = runtime.block_on(poll_traced(configuration, path));
    runtime.shutdown_background();
    result
}

/// Polls, and exports the spans of it if that is configured.
async fn poll_traced(configuration: Configuration, path: PathBuf) -> Result<(), Failure> {
    let traces = spans::export().map_err(|error| Failure::Configuration(error.to_string()))?;
    let result = poll(configuration, path, traces.is_some()).await;
    if let Some(traces) = traces {
        traces.shut_down().await;
    }
    result
}

async fn poll(
    mut configuration: Configuration,
    path: PathBuf,
    traced: bool,
) -> Result<(), Failure> {
    let host = gethostname().to_string_lossy().into_owned();
    // The SDK's own default, which it does not tell: by it a worker finds itself among the pollers.
    let identity = format!("{}@{host}", process::id());
    let mut settings = temporal_connection::from_environment(Some(identity))?;
    let version = version::from_environment()?;
    let section = configuration.worker.clone();
    settings.compress(section.grpc_compression);
    let sdk_metrics = start_prometheus_metric_exporter(sdk_metrics()).map_err(Failure::other)?;
    let (polling, is_polling) = watch::channel(false);
    let insight = Insight {
        metrics: metrics::install(&configuration).map_err(Failure::other)?,
        sdk: sdk_metrics.bound_addr,
        http: http_client()?,
        is_polling,
    };
    let _upkeep = AbortOnDropHandle::new(tokio::spawn(upkeep(insight.metrics.clone())));
    let telemetry = TelemetryOptions::builder()
        .metrics(sdk_metrics.meter as Arc<dyn CoreMeter>)
        .build();
    let client_meter = telemetry_init(telemetry.clone()).map_err(Failure::other)?;
    let client_meter = client_meter.get_temporal_metric_meter();
    let options = RuntimeOptions::builder()
        .telemetry_options(telemetry)
        .build()
        .map_err(Failure::other)?;
    let runtime = Runtime::from_current_tokio(options).map_err(Failure::other)?;

    settings.connection.metrics_meter = client_meter;
    if traced {
        settings.client = spans::traced(settings.client);
    }
    // Before the port is bound: settings that Temporal refuses end the process here.
    let stop = Stop::listen().map_err(Failure::other)?;
    let first = tokio::select! {
        first = temporal::try_once(&settings) => first?,
        () = stop.asked() => return Ok(()),
    };
    let listen = section.private_listen;
    let private = TcpListener::bind(listen).await;
    let private = private
        .map_err(|error| Failure::Other(format!("worker.private_listen: {listen}: {error}")))?;
    let started = serde_json::json!({
        "task_queue": section.task_queue,
        "private": format!("http://{}", private.local_addr().map_err(Failure::other)?),
    });
    let _private = AbortOnDropHandle::new(tokio::spawn(private_port::serve(private, insight)));
    let client = tokio::select! {
        client = temporal::connect(&settings, first) => client?,
        () = stop.asked() => return Ok(()),
    };
    let names = configuration.configuration.accounts.names();
    let merchants = names.map(str::to_owned).collect();
    let (queue, every) = (&section.task_queue, section.open_operations_interval);
    let listing = open_operations::watch(client.clone(), queue.clone(), merchants, every);
    let _listing = AbortOnDropHandle::new(tokio::spawn(listing));
    let ConfigurationActivities {
        accounts, routes, ..
    } = &configuration.configuration;
    let names = accounts.names();
    let routes = names.map(|name| (name.to_owned(), routes.leading_to(name)));
    let routes = routes.collect();
    let (current, is_current) = watch::channel(false);
    let own = version.clone();
    let builds = builds::watch(client.clone(), queue.clone(), own, current, every);
    let _builds = AbortOnDropHandle::new(tokio::spawn(builds));
    let place = Place {
        version: version.clone(),
        is_current,
    };
    let watch = AccountWatch::begin(client.clone(), queue, Arc::clone(accounts), routes, place);
    let watch = tokio::select! {
        watch = watch => watch,
        () = stop.asked() => return Ok(()),
    };
    let _watch = AbortOnDropHandle::new(tokio::spawn(watch.go_on()));
    let keys = key_watch::watch(path, mem::take(&mut configuration.keys));
    let _keys = AbortOnDropHandle::new(tokio::spawn(keys));
    let mut workers = workers(&runtime, &client, version, configuration)?;
    let shut_down: Vec<_> = workers.iter().map(Worker::shutdown_handle).collect();
    polling.send_replace(true);
    println!("{started}");
    info!(%started, "polling");

    let deadline = async {
        stop.asked().await;
        info!("shutting down: no new tasks, activities in flight may finish");
        polling.send_replace(false);
        shut_down.iter().for_each(|shut_down| shut_down());
        tokio::time::sleep(section.shutdown_grace + LAST_RESORT).await;
    };
    tokio::select! {
        result = try_join_all(workers.iter_mut().map(Worker::run)) => {
            result.map(|_| ()).map_err(Failure::other)
        }
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
    builder.build().map_err(Failure::other)
}

/// Keeps the output of the metrics' handle small.
async fn upkeep(metrics: PrometheusHandle) {
    let mut ticks = interval(UPKEEP);
    loop {
        ticks.tick().await;
        metrics.run_upkeep();
    }
}

/// One worker for the workflows and what is not a partner's, and one for each merchant account that
/// is served, with a task queue and slots of its own.
fn workers(
    runtime: &Runtime,
    client: &Client,
    version: Option<WorkerDeploymentVersion>,
    configuration: Configuration,
) -> Result<Vec<Worker>, Failure> {
    let Configuration {
        worker:
            WorkerSection {
                task_queue,
                workflows,
                shutdown_grace,
                pollers,
                account_pollers,
                slots,
                cached_workflows,
                ..
            },
        configuration,
        partner,
        billing,
        procaas,
        ..
    } = configuration;
    let version = version.map(version::pinned);
    let mut options = Vec::new();
    for (name, load) in configuration.accounts.loads() {
        // More slots than steps: a step over the limit is told so, and is not lost in the queue.
        let tuner = tuner(slots, load.steps_at_once + slots);
        options.push(
            WorkerOptions::new(account_task_queue(&task_queue, name))
                .maybe_deployment_options(version.clone())
                .tuner(tuner)
                .activity_task_poller_behavior(PollerBehavior::SimpleMaximum(account_pollers))
                .graceful_shutdown_period(shutdown_grace)
                .register_activities(partner.clone())
                .build(),
        );
    }
    if workflows {
        let mut common = WorkerOptions::new(task_queue)
            .maybe_deployment_options(version)
            .tuner(tuner(slots, slots))
            .max_cached_workflows(cached_workflows)
            .workflow_task_poller_behavior(PollerBehavior::SimpleMaximum(pollers))
            .activity_task_poller_behavior(PollerBehavior::SimpleMaximum(pollers))
            .nonsticky_to_sticky_poll_ratio(NEW_WORKFLOW_POLLERS)
            .graceful_shutdown_period(shutdown_grace)
            .workflow_interceptor(witness())
            .register_activities(billing)
            .register_activities(configuration)
            // For the short way of questions.
            .register_activities(partner)
            .register_activities(procaas)
            .build();
        workflow_types::run_by(&mut common).map_err(Failure::other)?;
        options.push(common);
    }
    let workers = options
        .into_iter()
        .map(|options| Worker::new(runtime, client.clone(), options).map_err(Failure::other));
    workers.collect()
}

fn tuner(slots: usize, steps: usize) -> TunerHolder {
    let others = || FixedSizeSlotSupplier::new(slots);
    TunerHolder::builder()
        .workflow_task_slot_supplier(others())
        .activity_task_slot_supplier(FixedSizeSlotSupplier::new(steps))
        .local_activity_task_slot_supplier(others())
        .nexus_task_slot_supplier(others())
        .build()
}
