//! The spans of a worker: the SDK makes them, by a plugin that is still experimental.

use opentelemetry_sdk::propagation::TraceContextPropagator;
use temporalio_client::ClientOptions;
use temporalio_sdk::opentelemetry::{OpenTelemetryPlugin, WorkflowIdGenerator};
use traces::{Misconfigured, Traces};

/// Starts to export the process's spans, if the environment names a collector. A span of a workflow
/// has the same id when it is replayed.
pub(crate) fn export() -> Result<Option<Traces>, Misconfigured> {
    Traces::with_ids("sky-worker", WorkflowIdGenerator::default())
}

/// A client of these options, and the workers that use it, make spans with the global tracer.
///
/// The W3C trace context is all that is handed on. The SDK would hand on W3C baggage too: whatever
/// a caller keeps there would then come into histories, which are no place for personal data.
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
