//! An OTLP collector on a real socket, which remembers what it was sent.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value};
use opentelemetry_proto::tonic::trace::v1::Span as WireSpan;
use tokio::net::TcpListener;
use tokio::task::AbortHandle;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

use crate::books::builder;

/// A running collector. Dropping it closes its port.
pub(crate) struct Collector {
    address: SocketAddr,
    exports: Exports,
    serving: AbortHandle,
}

/// One span as it was exported, ids in hexadecimal.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    pub(crate) service: String,
    pub(crate) name: String,
    pub(crate) trace_id: String,
    pub(crate) span_id: String,
    /// Empty for the first of a trace.
    pub(crate) parent: String,
    pub(crate) attributes: BTreeMap<String, String>,
}

type Exports = Arc<Mutex<Vec<ExportTraceServiceRequest>>>;

impl Collector {
    /// Starts one at this address of loopback.
    pub(crate) async fn start(port: u16) -> std::io::Result<Collector> {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let address = listener.local_addr()?;
        let exports = Exports::default();
        let service = TraceServiceServer::new(Receiver(Arc::clone(&exports)));
        let incoming = TcpIncoming::from(listener);
        let serving = Server::builder()
            .add_service(service)
            .serve_with_incoming(incoming);
        let serving = tokio::spawn(serving).abort_handle();
        Ok(Collector {
            address,
            exports,
            serving,
        })
    }

    /// A stack whose programs export their spans to here, and soon.
    pub(crate) fn followed(&self) -> harness::Builder {
        let url = format!("http://{}", self.address);
        builder()
            .variable("OTEL_EXPORTER_OTLP_ENDPOINT", &url)
            .variable("OTEL_BSP_SCHEDULE_DELAY", "200")
    }

    /// All that was exported so far, to the last attribute.
    pub(crate) fn exported(&self) -> String {
        format!("{:?}", self.exports.lock().unwrap())
    }

    /// All the spans that were exported so far.
    pub(crate) fn spans(&self) -> Vec<Span> {
        let mut spans = Vec::new();
        for export in self.exports.lock().unwrap().iter() {
            for of_resource in &export.resource_spans {
                let resource = of_resource.resource.clone().unwrap_or_default();
                let service = &texts(&resource.attributes)["service.name"];
                let scopes = of_resource.scope_spans.iter();
                let all = scopes.flat_map(|scope| &scope.spans);
                spans.extend(all.map(|span| Span::read(service, span)));
            }
        }
        spans
    }
}

impl Span {
    fn read(service: &str, span: &WireSpan) -> Span {
        Span {
            service: service.to_owned(),
            name: span.name.clone(),
            trace_id: hex(&span.trace_id),
            span_id: hex(&span.span_id),
            parent: hex(&span.parent_span_id),
            attributes: texts(&span.attributes),
        }
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

struct Receiver(Exports);

#[tonic::async_trait]
impl TraceService for Receiver {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        self.0.lock().unwrap().push(request.into_inner());
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

fn texts(attributes: &[KeyValue]) -> BTreeMap<String, String> {
    let text = |value: &Option<AnyValue>| match value.clone().and_then(|value| value.value) {
        Some(any_value::Value::StringValue(text)) => text,
        Some(any_value::Value::IntValue(number)) => number.to_string(),
        other => format!("{other:?}"),
    };
    let pairs = attributes.iter();
    pairs
        .map(|pair| (pair.key.clone(), text(&pair.value)))
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
