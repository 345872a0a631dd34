//! A callback as a span of the payment's trace, which it continues. Only a callback with a valid
//! token becomes one: nobody else can write into our traces.

use std::time::SystemTime;

use callback_token::{IssuedToken, PAYMENTS_PATH, TraceParent};
use opentelemetry::trace::{SpanKind, Status, TraceContextExt, Tracer};
use opentelemetry::{Context, KeyValue, global};
use workflows::contract::ids::RequestId;

use crate::answer::Answer;

/// Starts the span at the time of the callback's arrival. The names are OpenTelemetry's conventions
/// for HTTP, and Temporal's for the workflow.
pub(super) fn begin(token: &IssuedToken, request_id: &RequestId, arrived: SystemTime) -> Context {
    let parent = token.trace_parent.map(TraceParent::context);
    let parent = parent.unwrap_or_default();
    let tracer = global::tracer("callback-gateway");
    let span = tracer
        .span_builder(format!("POST {PAYMENTS_PATH}"))
        .with_kind(SpanKind::Server)
        .with_start_time(arrived)
        .with_attributes([
            KeyValue::new("http.request.method", "POST"),
            KeyValue::new("http.route", PAYMENTS_PATH),
            KeyValue::new("temporalWorkflowID", request_id.workflow_id()),
        ])
        .start_with_context(&tracer, &parent);
    parent.with_span(span)
}

/// Ends the span.
pub(super) fn end(context: &Context, answer: Answer) {
    let (span, status) = (context.span(), answer.status());
    span.set_attribute(KeyValue::new("sky.answer", answer.reason()));
    let code = i64::from(status.as_u16());
    span.set_attribute(KeyValue::new("http.response.status_code", code));
    if status.is_server_error() {
        span.set_status(Status::error(""));
    }
    span.end();
}
