//! The spans of a worker. The SDK creates them, with a plugin that is still experimental.

use opentelemetry_sdk::propagation::TraceContextPropagator;
use temporalio_client::ClientOptions;
use temporalio_sdk::opentelemetry::{OpenTelemetryPlugin, WorkflowIdGenerator};
use traces::{Misconfigured, Traces};

/// Starts to export the process's spans if the environment names a collector. A span of a workflow
/// has the same id when it is replayed.
pub(crate) fn export() -> Result<Option<Traces>, Misconfigured> {
    Traces::with_ids("sky-worker", WorkflowIdGenerator::default())
}

/// A client with these options, and the workers that use it, create spans with the global tracer.
///
/// Only the W3C trace context is passed on. By default the SDK passes on W3C baggage too. It would
/// end up in histories, and callers may keep personal data in it.
pub(crate) fn traced(options: ClientOptions) -> ClientOptions {
    let ClientOptions {
        namespace,
        data_converter,
        client_interceptors,
        ..
    } = options;
    let plugin = OpenTelemetryPlugin::builder()
        .propagator(TraceContextPropagator::new())
        .build();
    ClientOptions::new(namespace)
        .data_converter(data_converter)
        .client_interceptors(client_interceptors)
        .plugin(plugin)
        .build()
}
