//! A payment is one trace, if somebody collects it.

use std::time::Duration;

use crate::books::{builder, charge, ends, history_length, until};
use crate::collector::{Collector, Span};
use crate::webhooks::STILL_AND_PATIENT;

#[tokio::test]
async fn a_payment_is_one_trace_from_its_start_to_the_callback() {
    let collector = Collector::start(0).await.unwrap();
    // Nothing but its callback leads to its end, however late that comes.
    let stack = collector.followed().timings(STILL_AND_PATIENT);
    let stack = stack.start().await.unwrap();
    charge(&stack, "traced").await;
    // Not by watching: a query in the first instant splits the first task, at three events.
    stack.payments(&["result", "traced"]).await.unwrap();
    let events = history_length(&stack, "traced").await;
    assert!(events <= 30, "spans cost events: {events}");
    ends(&stack, "traced", "completed").await;

    let one = async |service: &str, name: &str| {
        until(&format!("{name} is exported"), async || {
            let spans = collector.spans().into_iter();
            let mut found = spans.filter(|span| span.service == service && span.name == name);
            found.next()
        })
        .await
    };
    let start = one("sky-payments", "StartWorkflow:process_extra_payment").await;
    let workflow = one("sky-worker", "RunWorkflow:process_extra_payment").await;
    let scheduled = one("sky-worker", "StartActivity:complete_merchant_acquiring").await;
    let activity = one("sky-worker", "RunActivity:complete_merchant_acquiring").await;
    let submission = one("sky-worker", "POST /v1/completeMerchantAcquiring").await;
    let callback = one("sky-callback-gateway", "POST /v1/on_payment_completed").await;
    let signal = one("sky-callback-gateway", "SignalWorkflow:payment_completed").await;
    let handled = one("sky-worker", "HandleSignal:payment_completed").await;
    let billed = one("sky-worker", "RunActivity:finalize_billing").await;

    assert_eq!(start.parent, "", "the trace begins with the start");
    follow(&[&start, &workflow, &scheduled, &activity, &submission]);
    // It was in the address that the partner was given, and came back with it.
    follow(&[&activity, &callback, &signal, &handled]);
    assert_eq!(billed.trace_id, start.trace_id);

    for span in [&start, &workflow, &callback, &signal] {
        assert_eq!(span.attributes["temporalWorkflowID"], "sky-payment-traced");
    }
    // Accepted; whether it is final already depends on the moment.
    let answered = submission.attributes["http.response.status_code"].as_str();
    assert!(matches!(answered, "200" | "202"), "{answered}");
    assert_eq!(callback.attributes["http.response.status_code"], "200");
}

#[tokio::test]
async fn what_a_worker_did_last_is_exported_before_it_ends() {
    let collector = Collector::start(0).await.unwrap();
    // Nothing is sent by itself within the test's time.
    let stack = collector
        .followed()
        .variable("OTEL_BSP_SCHEDULE_DELAY", "600000");
    let mut stack = stack.start().await.unwrap();
    charge(&stack, "last").await;
    ends(&stack, "last", "completed").await;
    stack.stop_worker().await.unwrap();
    let spans = collector.spans().into_iter();
    let mut names = spans.map(|span| format!("{} {}", span.service, span.name));
    assert!(names.any(|name| name == "sky-worker RunWorkflow:process_extra_payment"));
}

#[tokio::test]
async fn nothing_is_exported_where_no_collector_is_named() {
    // Where OpenTelemetry would look by itself.
    let collector = match Collector::start(4317).await {
        Ok(collector) => collector,
        Err(error) => return eprintln!("not tested, port 4317 is taken: {error}"),
    };
    let mut stack = builder().start().await.unwrap();
    charge(&stack, "plain").await;
    ends(&stack, "plain", "completed").await;
    stack.stop_worker().await.unwrap();
    assert!(collector.spans().is_empty(), "{:?}", collector.spans());
}

#[tokio::test]
async fn a_collector_that_can_not_be_spoken_to_is_told_before_anything_starts() {
    for (name, value, problem) in [
        (
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "collector:4317",
            "OTEL_EXPORTER_OTLP_ENDPOINT: must begin with http://",
        ),
        (
            "OTEL_EXPORTER_OTLP_PROTOCOL",
            "http/protobuf",
            "OTEL_EXPORTER_OTLP_PROTOCOL: must be grpc",
        ),
    ] {
        let stack = builder()
            .variable("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
            .variable(name, value);
        let error = stack.start().await.err().unwrap().to_string();
        assert!(error.contains("exit status: 78"), "{error}");
        assert!(error.contains(problem), "{error}");
    }
}

#[tokio::test]
async fn a_collector_that_is_away_holds_nothing_up() {
    // Nothing listens on the port of TCP's discard service here.
    let stack = builder().variable("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9");
    let stack = stack.variable("OTEL_BSP_SCHEDULE_DELAY", "200");
    let mut stack = stack.start().await.unwrap();
    charge(&stack, "away").await;
    ends(&stack, "away", "completed").await;
    let asked = std::time::Instant::now();
    stack.stop_worker().await.unwrap();
    assert!(asked.elapsed() < Duration::from_secs(15));
    let logs = stack.logs().unwrap();
    let told = logs.matches("spans are lost").count();
    assert!((1..=4).contains(&told), "told {told} times");
}

/// Each is the child of the one before it.
fn follow(spans: &[&Span]) {
    for pair in spans.windows(2) {
        let [parent, child] = pair else { continue };
        assert_eq!(child.trace_id, parent.trace_id, "{child:?}");
        assert_eq!(child.parent, parent.span_id, "{parent:?} {child:?}");
    }
}
