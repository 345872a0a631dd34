//! A client's calls to workflows as spans, and the trace context passed on with them.
//!
//! Temporal's SDK has such an interceptor too, in the crate of its worker. This one creates the
//! same spans with the same names for programs that are not workers.

use std::collections::HashMap;

use futures::future::BoxFuture;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::{FutureExt, SpanKind, Status, TraceContextExt, Tracer};
use opentelemetry::{Context, KeyValue, global};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use temporalio_client::errors::{
    WorkflowInteractionError, WorkflowQueryError, WorkflowStartError, WorkflowUpdateError,
};
use temporalio_client::{
    ClientInterceptor, Next, QueryWorkflowInput, QueryWorkflowOutput, SignalWorkflowInput,
    StartWorkflowInput, StartWorkflowOutput, StartWorkflowUpdateInput, StartWorkflowUpdateOutput,
};
use temporalio_common::protos::coresdk::AsJsonPayloadExt;
use temporalio_common::protos::temporal::api::common::v1::Header;

/// The header that all of Temporal's SDKs read.
const HEADER: &str = "_tracer-data";

/// Creates the spans with the global tracer.
pub(crate) struct ClientSpans;

type Call<'a, T, E> = BoxFuture<'a, Result<T, E>>;

impl ClientInterceptor for ClientSpans {
    fn start_workflow<'a>(
        &'a self,
        mut input: StartWorkflowInput,
        next: Next<'a, StartWorkflowInput, Call<'a, StartWorkflowOutput, WorkflowStartError>>,
    ) -> Call<'a, StartWorkflowOutput, WorkflowStartError> {
        let name = format!("StartWorkflow:{}", input.workflow_type);
        let span = begin(name, &input.options.workflow_id, "");
        hand_on(&span, &mut input.options.header);
        within(span, next.run(input))
    }

    fn signal_workflow<'a>(
        &'a self,
        mut input: SignalWorkflowInput,
        next: Next<'a, SignalWorkflowInput, Call<'a, (), WorkflowInteractionError>>,
    ) -> Call<'a, (), WorkflowInteractionError> {
        let name = format!("SignalWorkflow:{}", input.signal_name);
        let span = begin(name, &input.workflow_id, &input.run_id);
        hand_on(&span, &mut input.options.header);
        within(span, next.run(input))
    }

    fn query_workflow<'a>(
        &'a self,
        mut input: QueryWorkflowInput,
        next: Next<'a, QueryWorkflowInput, Call<'a, QueryWorkflowOutput, WorkflowQueryError>>,
    ) -> Call<'a, QueryWorkflowOutput, WorkflowQueryError> {
        let name = format!("QueryWorkflow:{}", input.query_name);
        let span = begin(name, &input.workflow_id, &input.run_id);
        hand_on(&span, &mut input.options.header);
        within(span, next.run(input))
    }

    fn start_workflow_update<'a>(
        &'a self,
        mut input: StartWorkflowUpdateInput,
        next: Next<
            'a,
            StartWorkflowUpdateInput,
            Call<'a, StartWorkflowUpdateOutput, WorkflowUpdateError>,
        >,
    ) -> Call<'a, StartWorkflowUpdateOutput, WorkflowUpdateError> {
        let name = format!("StartWorkflowUpdate:{}", input.update_name);
        let span = begin(name, &input.workflow_id, &input.run_id);
        hand_on(&span, &mut input.options.header);
        within(span, next.run(input))
    }
}

/// Starts a span in the caller's trace.
fn begin(name: String, workflow_id: &str, run_id: &str) -> Context {
    let mut attributes = vec![KeyValue::new("temporalWorkflowID", workflow_id.to_owned())];
    if !run_id.is_empty() {
        attributes.push(KeyValue::new("temporalRunID", run_id.to_owned()));
    }
    let tracer = global::tracer("traces");
    let span = tracer
        .span_builder(name)
        .with_kind(SpanKind::Client)
        .with_attributes(attributes)
        .start(&tracer);
    Context::current_with_span(span)
}

/// Passes on the W3C trace context and nothing else. Baggage would end up in histories, and callers
/// may keep anything in it.
fn hand_on(span: &Context, header: &mut Option<Header>) {
    let mut carrier = HashMap::<String, String>::new();
    TraceContextPropagator::new().inject_context(span, &mut carrier);
    if carrier.is_empty() {
        return;
    }
    let Ok(payload) = carrier.as_json_payload() else {
        return;
    };
    let fields = &mut header.get_or_insert_default().fields;
    fields.insert(HEADER.to_owned(), payload);
}

/// Makes the call within its span, which ends with it. The texts of errors are left out.
fn within<'a, T: 'a, E: 'a>(span: Context, call: Call<'a, T, E>) -> Call<'a, T, E> {
    Box::pin(async move {
        let result = call.with_context(span.clone()).await;
        if result.is_err() {
            span.span().set_status(Status::error(""));
        }
        span.span().end();
        result
    })
}

#[cfg(test)]
mod tests {
    use opentelemetry::baggage::BaggageExt;
    use opentelemetry::trace::{SpanContext, SpanId, TraceFlags, TraceId, TraceState};

    use super::*;

    #[test]
    fn a_place_in_the_trace_is_handed_on_and_baggage_is_not() {
        let place = SpanContext::new(
            TraceId::from(0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736_u128),
            SpanId::from(0x00f0_67aa_0ba9_02b7_u64),
            TraceFlags::SAMPLED,
            true,
            TraceState::NONE,
        );
        let baggage = Context::new().with_baggage([KeyValue::new("customer", "Aigerim")]);
        let mut header = None;
        hand_on(&baggage, &mut header);
        assert_eq!(header, None, "outside of a trace nothing is handed on");

        hand_on(&baggage.with_remote_span_context(place), &mut header);
        let fields = header.unwrap().fields;
        let carrier: HashMap<String, String> =
            serde_json::from_slice(&fields[HEADER].data).unwrap();
        let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(carrier["traceparent"], parent);
        assert!(
            carrier.keys().all(|key| key.starts_with("trace")),
            "{carrier:?}"
        );
    }
}
