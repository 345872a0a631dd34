//! Processes die. No money is lost or moved twice because of it.

use std::time::Duration;

use harness::Stack;
use serde_json::{Value, json};

use crate::books::{
    builder, charge, ends, fault, give_back, has_moved, history, reaches, restart_worker,
    set_custom_scenario, set_scenario, stack, until,
};

#[tokio::test]
async fn a_worker_killed_before_the_partner_took_the_charge_charges_once() {
    let mut stack = stack().await;
    let silence = json!({ "on": "submit", "kind": "silence" });
    fault(&stack, "before", silence).await;
    give_back(&stack, "before").await;
    is_submitted(&stack, "before").await;
    stack.kill_worker().unwrap();
    stack.start_worker().await.unwrap();
    ends(&stack, "before", "completed").await;
}

#[tokio::test]
async fn temporal_killed_between_the_charge_and_its_record_charges_once() {
    let mut stack = builder().temporal_on_disk().start().await.unwrap();
    charge_without_an_answer(&stack, "server").await;
    stack.temporal_mut().kill();
    tokio::time::sleep(Duration::from_secs(2)).await;
    stack.temporal_mut().restart().await.unwrap();
    ends(&stack, "server", "completed").await;
}

#[tokio::test]
async fn a_worker_killed_while_it_waits_or_bills_goes_on_where_it_was() {
    let mut stack = stack().await;
    set_scenario(&stack, "waiting", "pending_for_a_while").await;
    let silence =
        json!({ "kind": "silence", "recorded": true, "request_id": "billing", "times": 0 });
    stack.billing().set_faults(json!([silence])).await.unwrap();
    charge(&stack, "waiting").await;
    charge(&stack, "billing").await;
    reaches(&stack, "billing", "finalizing").await;
    stack.kill_worker().unwrap();
    stack.billing().set_faults(json!([])).await.unwrap();
    stack.start_worker().await.unwrap();
    ends(&stack, "billing", "completed").await;
    ends(&stack, "waiting", "completed").await;
}

#[tokio::test]
async fn with_two_workers_and_one_of_them_killed_all_payments_end() {
    let mut stack = builder().workers(2).start().await.unwrap();
    let ids: Vec<String> = (0..10).map(|n| format!("both-{n}")).collect();
    for id in &ids {
        charge(&stack, id).await;
    }
    stack.kill_worker().unwrap();
    for id in &ids {
        ends(&stack, id, "completed").await;
    }
}

#[tokio::test]
async fn a_worker_that_is_asked_to_stop_lets_the_charge_in_flight_finish() {
    let mut stack = stack().await;
    // The partner takes a moment, and no callback and no question could end it before.
    let slow = json!({ "executes_after": "700ms", "completes_after": "0s" });
    set_custom_scenario(&stack, "term", slow).await;
    charge(&stack, "term").await;
    is_submitted(&stack, "term").await;
    restart_worker(&mut stack).await;
    ends(&stack, "term", "completed").await;
    let history = history(&stack, "term").await;
    assert!(
        !history.contains("EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT"),
        "its report was lost"
    );
}

#[tokio::test]
async fn a_worker_that_is_asked_to_stop_ends_even_while_temporal_hangs() {
    let mut stack = stack().await;
    charge(&stack, "hanging").await;
    stack.temporal().freeze().unwrap();
    // Fails if it does not end.
    stack.stop_worker().await.unwrap();
    stack.temporal().thaw().unwrap();
    stack.start_worker().await.unwrap();
    ends(&stack, "hanging", "completed").await;
}

#[tokio::test]
async fn a_worker_that_is_asked_to_stop_twice_ends_at_once() {
    let mut stack = stack().await;
    charge_without_an_answer(&stack, "twice").await;
    // Without the second signal it would wait for Temporal.
    stack.temporal().freeze().unwrap();
    stack.terminate_worker().unwrap();
    until("it is shutting down", async || {
        let logs = stack.logs().unwrap();
        logs.contains("shutting down").then_some(())
    })
    .await;
    stack.stop_worker().await.unwrap();
    let logs = stack.logs().unwrap();
    assert!(logs.contains("asked to stop a second time"), "{logs}");
    assert!(!logs.contains("did not end in time"), "{logs}");
    stack.temporal().thaw().unwrap();
    stack.start_worker().await.unwrap();
    ends(&stack, "twice", "completed").await;
}

#[tokio::test]
async fn all_workers_down_only_delay() {
    let mut stack = builder().workers(0).start().await.unwrap();
    charge(&stack, "patient").await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    stack.start_worker().await.unwrap();
    ends(&stack, "patient", "completed").await;
}

/// A charge that the partner has executed while its answer is still awaited.
async fn charge_without_an_answer(stack: &Stack, id: &str) {
    let silence = json!({ "on": "submit", "kind": "silence", "executed": true });
    fault(stack, id, silence).await;
    charge(stack, id).await;
    has_moved(stack, id).await;
}

/// Waits until the partner has the request.
async fn is_submitted(stack: &Stack, id: &str) {
    until("the partner has the request", async || {
        let journal = stack.partner().journal().await.unwrap();
        let is_submission = |entry: &Value| {
            let path = entry["path"].as_str().unwrap_or_default();
            entry["request_id"] == id && !path.ends_with("paymentStatus")
        };
        journal.iter().any(is_submission).then_some(())
    })
    .await;
}
