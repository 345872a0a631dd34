//! A worker is frozen while it holds steps, and continues later than anybody expected. Another
//! worker has taken over meanwhile.

use std::time::Duration;

use futures::future::join_all;
use harness::{Stack, Timings};
use rstest::rstest;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::books::{QUICK, builder, charge, ends, history, set_order_scenario};

const TIMINGS: Timings = Timings {
    request_timeout: "3s",
    shows_within: "9s",
    needs_attention_after: "2m",
    ..QUICK
};

/// Three requests, and five seconds.
const DEADLINE_OF_A_SUBMISSION: Duration = Duration::from_secs(14);

/// Two limits of steps, and the proof that the first one left nothing.
const PATIENCE: Duration = Duration::from_secs(120);

/// When the frozen worker goes on.
enum GoesOn {
    After(Duration),
    /// When the other worker has made each submission that the frozen one held, and the partner
    /// does not show it yet.
    WhenAllIsSubmitted,
}

#[rstest]
#[case::before_the_deadline(GoesOn::After(Duration::from_secs(4)))]
#[case::at_the_deadline(GoesOn::After(DEADLINE_OF_A_SUBMISSION))]
#[case::after_the_deadline(GoesOn::WhenAllIsSubmitted)]
#[tokio::test]
async fn a_frozen_worker_that_goes_on_charges_nobody_twice(#[case] goes_on: GoesOn) {
    let mut stack = builder()
        .timings(TIMINGS)
        .default_scenario(json!({
            "second_submission": "charges_again", "status_lag": "8s",
            "completes_after": "100ms", "callback": { "when": "never" }
        }))
        // Each step is handed out by the server, to whoever asks.
        .temporal_setting("system.enableActivityEagerExecution=false")
        .start()
        .await
        .unwrap();
    let inside = ["init_session", "status", "submit"];
    let inside: Vec<String> = inside.iter().flat_map(|on| ids(on, 4)).collect();
    let not_begun: Vec<String> = ids("not-begun", 12).collect();
    for id in &inside {
        let (on, _) = id.rsplit_once('-').unwrap();
        let slow = json!({ "faults": [{ "on": on, "kind": { "slow": "2500ms" } }] });
        set_order_scenario(&stack, id, slow).await;
    }
    join_all(inside.iter().map(|id| charge(&stack, id))).await;
    while slow_calls(&stack).await < inside.len() {
        sleep(Duration::from_millis(20)).await;
    }
    stack.freeze_worker().unwrap();
    let frozen = Instant::now();
    stack.start_worker().await.unwrap();
    // Temporal hands some of their tasks to the frozen worker, which asked for them before.
    join_all(not_begun.iter().map(|id| charge(&stack, id))).await;
    match goes_on {
        GoesOn::After(pause) => sleep_until(frozen + pause).await,
        GoesOn::WhenAllIsSubmitted => {
            let all = inside.len() + not_begun.len();
            let is_submitted = until_submitted(&stack, all);
            timeout(PATIENCE, is_submitted).await.unwrap();
        }
    }
    stack.thaw_worker().unwrap();
    for id in inside.iter().chain(&not_begun) {
        ends(&stack, id, "completed").await;
    }
    if let GoesOn::WhenAllIsSubmitted = goes_on {
        let histories = join_all(not_begun.iter().map(|id| history(&stack, id))).await;
        let late = histories
            .iter()
            .filter(|it| it.contains("ACTIVITY_TASK_TIMED_OUT"));
        assert!(late.count() > 0, "the frozen worker was handed none");
    }
}

async fn until_submitted(stack: &Stack, count: usize) {
    while stack.partner().operations().await.unwrap().len() < count {
        sleep(Duration::from_millis(100)).await;
    }
}

fn ids(name: &str, count: usize) -> impl Iterator<Item = String> {
    (0..count).map(move |number| format!("{name}-{number}"))
}

async fn slow_calls(stack: &Stack) -> usize {
    let journal: Vec<Value> = stack.partner().journal().await.unwrap();
    journal
        .iter()
        .filter(|entry| !entry["fault"].is_null())
        .count()
}
