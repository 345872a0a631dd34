//! A call to the outside as a span: where it went and how it ended, and nothing of its content.

use opentelemetry::global::{self, BoxedSpan};
use opentelemetry::trace::{Span, SpanKind, Status, Tracer};
use opentelemetry::{KeyValue, StringValue};
use reqwest::Request;

use super::{HttpAnswer, NoAnswer};

/// Starts the span. The names are OpenTelemetry's conventions for HTTP.
pub(super) fn begin(request: &Request) -> BoxedSpan {
    let (method, url) = (request.method().to_string(), request.url());
    let tracer = global::tracer("activities");
    let mut attributes = vec![
        KeyValue::new("http.request.method", method.clone()),
        KeyValue::new("url.path", url.path().to_owned()),
    ];
    let host = url.host_str().map(str::to_owned);
    attributes.extend(host.map(|host| KeyValue::new("server.address", host)));
    let port = url.port_or_known_default();
    attributes.extend(port.map(|port| KeyValue::new("server.port", i64::from(port))));
    tracer
        .span_builder(format!("{method} {}", url.path()))
        .with_kind(SpanKind::Client)
        .with_attributes(attributes)
        .start(&tracer)
}

/// Ends the span.
pub(super) fn end(mut span: BoxedSpan, answer: &Result<HttpAnswer, NoAnswer>) {
    let error: Option<StringValue> = match answer {
        Ok(answer) => {
            let status = i64::from(answer.status);
            span.set_attribute(KeyValue::new("http.response.status_code", status));
            (status >= 400).then(|| status.to_string().into())
        }
        Err(NoAnswer::NotConnected(_)) => Some("not_connected".into()),
        Err(NoAnswer::Withheld(_)) => Some("withheld".into()),
        Err(NoAnswer::Broken(_)) => Some("broken".into()),
    };
    if let Some(error) = error {
        span.set_attribute(KeyValue::new("error.type", error));
        span.set_status(Status::error(""));
    }
    span.end();
}
