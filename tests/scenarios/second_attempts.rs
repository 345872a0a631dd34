//! Temporal has a step done again, because an operator said so by Temporal's own verbs. What it did
//! before is unknown: the money may have moved, and the partner may not show it yet.

use rstest::rstest;
use serde_json::{Value, json};
use tests::{Stack, Timings};

use crate::books::{QUICK, builder, charge, ends, state, until};

/// The partner shows nothing before the step is done again, which is 8 s after it was begun.
const TIMINGS: Timings = Timings {
    visibility_delay: "14s",
    needs_attention_after: "2m",
    ..QUICK
};

/// The worker dies between the charge and its report, and an operator helps.
#[rstest]
#[case::by_more_attempts(&["update-options --retry-maximum-attempts 3"])]
#[case::by_a_reset(&["reset"])]
#[case::by_more_attempts_and_a_reset(&["update-options --retry-maximum-attempts 3", "reset"])]
#[case::by_a_pause_and_its_end(&["update-options --retry-maximum-attempts 3", "pause", "unpause"])]
#[tokio::test]
async fn a_submission_that_temporal_repeats_charges_once(#[case] verbs: &[&str]) {
    let mut stack = stack().await;
    charge(&stack, "again").await;
    until("the money moved", async || {
        (!stack.partner().ledger("again").await.unwrap().is_empty()).then_some(())
    })
    .await;
    stack.kill_worker().unwrap();
    let activity = pending_activity(&stack, "again").await;
    for verb in verbs {
        order(&stack, verb, &activity).await;
    }
    stack.start_worker().await.unwrap();
    ends(&stack, "again", "completed").await;
}

/// An operator ends the step by hand, and the worker that has it knows nothing of that.
#[rstest]
#[case::failed("fail")]
#[case::completed_with_nonsense("complete --result null")]
#[tokio::test]
async fn a_submission_that_is_ended_by_hand_and_goes_on_charges_once(#[case] verb: &str) {
    let stack = builder()
        .timings(Timings {
            request_timeout: "3s",
            visibility_delay: "9s",
            // Later than the question of the step that is ended.
            first_check: "4s",
            longest_pause: "4s",
            ..TIMINGS
        })
        .start()
        .await
        .unwrap();
    let slow = |on| json!({ "on": on, "kind": { "slow": "2500ms" } });
    let scenario = json!({
        "executes_after": "3s", "status_lag": "6s", "callback": { "when": "never" },
        "faults": [slow("init_session"), slow("status")]
    });
    let partner = stack.partner();
    partner
        .set_order_scenario("o-again", scenario)
        .await
        .unwrap();
    charge(&stack, "again").await;
    let activity = pending_activity(&stack, "again").await;
    order(&stack, verb, &activity).await;
    until("the step has submitted all the same", async || {
        let journal = stack.partner().journal().await.unwrap();
        let mut paths = journal.iter().map(|entry| &entry["path"]);
        paths
            .any(|path| path == "/v1/completeMerchantAcquiring")
            .then_some(())
    })
    .await;
    // Whoever wakes it does not make it hasty.
    until("it is closed", async || {
        let _ = stack.payments_output(&["check-now", "again"]).await;
        (state(&stack, "again").await["phase"] == "closed").then_some(())
    })
    .await;
    ends(&stack, "again", "completed").await;
}

/// A partner that executes, does not answer, shows it late, and charges again for a second submission.
async fn stack() -> Stack {
    builder()
        .timings(TIMINGS)
        .default_scenario(json!({
            "second_submission": "charges_again", "status_lag": "13s",
            "completes_after": "100ms", "callback": { "when": "never" },
            "faults": [{ "on": "submit", "kind": "silence", "executed": true }]
        }))
        .start()
        .await
        .unwrap()
}

/// One of Temporal's own verbs, with its flags.
async fn order(stack: &Stack, verb: &str, activity: &str) {
    let about = ["-w", "sky-payment-again", "-a", activity];
    let order = ["activity"].into_iter().chain(verb.split(' ')).chain(about);
    let order: Vec<&str> = order.collect();
    stack.temporal().cli_text(&order).await.unwrap();
}

/// The id of the step that is under way.
async fn pending_activity(stack: &Stack, id: &str) -> String {
    let workflow = format!("sky-payment-{id}");
    until("a step is under way", async || {
        let describe = ["workflow", "describe", "-w", &workflow];
        let described: Value = stack.temporal().cli(&describe).await.unwrap();
        let pending = &described["pendingActivities"][0]["activityId"];
        pending.as_str().map(str::to_owned)
    })
    .await
}
