//! Processes die. No money is lost or moved twice because of it.

use std::time::Duration;

use harness::{Stack, Timings};
use rstest::rstest;
use serde_json::{Value, json};

use crate::books::{
    QUICK, builder, charge, ends, fault, give_back, has_moved, history, reaches, restart_worker,
    set_custom_scenario, set_scenario, stack, until,
};

/// The ids of payments, of which one has to be caught in the right moment.
const TRIES: [&str; 5] = ["try-1", "try-2", "try-3", "try-4", "try-5"];

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

/// On the short way a step is a local activity: nothing of it is in the history yet.
#[tokio::test]
async fn a_worker_killed_while_it_asks_the_short_way_asks_again() {
    let timings = Timings {
        request_timeout: "5s",
        ..QUICK
    };
    let mut stack = builder().timings(timings).start().await.unwrap();
    for id in TRIES {
        // The first question is the one before the submission.
        let slow = json!({ "on": "status", "kind": { "slow": "3s" }, "skip": 1 });
        fault(&stack, id, slow).await;
        charge(&stack, id).await;
        until("the partner is asked after the callback", async || {
            (questions(&stack, id).await >= 2).then_some(())
        })
        .await;
        if is_killed_on_the_short_way(&mut stack, id).await {
            assert!(questions(&stack, id).await >= 3);
            return;
        }
    }
    panic!("none was caught on the short way");
}

#[rstest]
#[case::before_it_is_recorded(false)]
#[case::after_it_is_recorded(true)]
#[tokio::test]
async fn a_worker_killed_while_it_bills_the_short_way_bills_once(#[case] recorded: bool) {
    let mut stack = stack().await;
    for id in TRIES {
        let silence = json!({ "kind": "silence", "recorded": recorded, "request_id": id });
        stack.billing().set_faults(json!([silence])).await.unwrap();
        let before = stack.billing().journal().await.unwrap().len();
        charge(&stack, id).await;
        until("billing is told", async || {
            let told = stack.billing().journal().await.unwrap().len();
            (told > before).then_some(())
        })
        .await;
        if is_killed_on_the_short_way(&mut stack, id).await {
            return;
        }
    }
    panic!("none was caught on the short way");
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

/// How often the partner was asked about it.
async fn questions(stack: &Stack, id: &str) -> usize {
    let journal = stack.partner().journal().await.unwrap();
    let is_question = |entry: &&Value| {
        let path = entry["path"].as_str().unwrap_or_default();
        entry["request_id"] == id && path.ends_with("paymentStatus")
    };
    journal.iter().filter(is_question).count()
}

/// Kills the worker and starts another one, with which the payment ends. Says whether the one that was killed had a step
/// on the short way: on a busy machine, the step may have gone the long way or have been given up before.
async fn is_killed_on_the_short_way(stack: &mut Stack, id: &str) -> bool {
    stack.kill_worker().unwrap();
    let history = history(stack, id).await;
    let count = |kind: &str| history.matches(&format!("EVENT_TYPE_{kind}\"")).count();
    // The submission, and the terms: a local activity is there once it has ended.
    let is_caught = count("ACTIVITY_TASK_SCHEDULED") == 1 && count("MARKER_RECORDED") == 1;
    stack.start_worker().await.unwrap();
    ends(stack, id, "completed").await;
    is_caught
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
