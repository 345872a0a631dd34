//! Traces: what happened in one payment, as OpenTelemetry spans: from its start through workflow,
//! activities and the calls to the partner to the callback.
//!
//! OpenTelemetry's own variables say where spans go. If they name no collector, nothing is started,
//! and every span that the programs create does nothing.

mod client_spans;
mod discreet;

use std::env::{self, VarError};
use std::sync::Arc;
use std::time::Duration;

use opentelemetry::{Key, global};
use opentelemetry_otlp::tonic_types::transport::ClientTlsConfig;
use opentelemetry_otlp::{SpanExporter, WithTonicConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{IdGenerator, RandomIdGenerator, SdkTracerProvider};
use temporalio_client::ClientOptions;
use tracing::warn;

use crate::client_spans::ClientSpans;
use crate::discreet::Discreet;

/// How long a shutdown waits for the last spans to be sent.
const LAST_EXPORT: Duration = Duration::from_secs(3);

/// The variables with the collector's address; the first that is set counts.
const ENDPOINTS: [&str; 2] = [
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
];

const PROTOCOLS: [&str; 2] = [
    "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
    "OTEL_EXPORTER_OTLP_PROTOCOL",
];

/// The process's export of spans.
pub struct Traces(SdkTracerProvider);

/// What is wrong with a variable, and the fix.
#[derive(Debug, thiserror::Error)]
#[error("{variable}: {problem}")]
pub struct Misconfigured {
    variable: &'static str,
    problem: String,
}

impl Traces {
    /// Starts to export the process's spans with OTLP over gRPC if the environment names a
    /// collector. The service is called `program` unless the environment names one. From then on
    /// the global tracer creates real spans. A Tokio runtime must be running, since it sends them.
    pub fn from_environment(program: &'static str) -> Result<Option<Traces>, Misconfigured> {
        Traces::with_ids(program, RandomIdGenerator::default())
    }

    /// Like [`Traces::from_environment`], but with another source of ids: a worker's spans must
    /// have the same ids when a workflow is replayed.
    pub fn with_ids(
        program: &'static str,
        ids: impl IdGenerator + 'static,
    ) -> Result<Option<Traces>, Misconfigured> {
        if setting("OTEL_SDK_DISABLED")?.is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            return Ok(None);
        }
        let Some((variable, endpoint)) = first(ENDPOINTS)? else {
            return Ok(None);
        };
        if !endpoint.starts_with("http://") && !endpoint.starts_with("https://") {
            let problem = "must begin with http:// or https://".to_owned();
            return Err(Misconfigured { variable, problem });
        }
        if let Some((variable, protocol)) = first(PROTOCOLS)?
            && protocol != "grpc"
        {
            let problem = format!("must be grpc, which is all there is here, and not {protocol:?}");
            return Err(Misconfigured { variable, problem });
        }
        let mut exporter = SpanExporter::builder().with_tonic();
        if endpoint.starts_with("https://") {
            exporter = exporter.with_tls_config(ClientTlsConfig::new().with_enabled_roots());
        }
        let exporter = exporter.build().map_err(|error| Misconfigured {
            variable,
            problem: error.to_string(),
        })?;
        let provider = SdkTracerProvider::builder()
            .with_resource(resource(program))
            .with_id_generator(ids)
            .with_batch_exporter(Discreet::new(exporter))
            .build();
        global::set_tracer_provider(provider.clone());
        Ok(Some(Traces(provider)))
    }

    /// Sends the remaining spans, and stops. Call it last, while the runtime still runs.
    pub async fn shut_down(self) {
        let Traces(provider) = self;
        let last = tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(LAST_EXPORT));
        if let Ok(Err(error)) = last.await {
            warn!(%error, "the last spans were not exported");
        }
    }
}

/// A Temporal client with these options creates spans for its calls, and passes the trace on to the
/// workflows. It uses the global tracer.
pub fn traced(mut options: ClientOptions) -> ClientOptions {
    options.client_interceptors.push(Arc::new(ClientSpans));
    options
}

fn resource(program: &'static str) -> Resource {
    let detected = Resource::builder().build();
    let name = Key::from_static_str("service.name");
    let is_named = detected
        .get(&name)
        .is_some_and(|name| !name.as_str().starts_with("unknown_service"));
    if is_named {
        detected
    } else {
        Resource::builder().with_service_name(program).build()
    }
}

fn first(variables: [&'static str; 2]) -> Result<Option<(&'static str, String)>, Misconfigured> {
    for variable in variables {
        if let Some(value) = setting(variable)? {
            return Ok(Some((variable, value)));
        }
    }
    Ok(None)
}

/// An empty variable counts as unset, as OpenTelemetry specifies.
fn setting(variable: &'static str) -> Result<Option<String>, Misconfigured> {
    match env::var(variable) {
        Ok(value) => Ok(Some(value.trim().to_owned()).filter(|value| !value.is_empty())),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(Misconfigured {
            variable,
            problem: "must be text".to_owned(),
        }),
    }
}
