//! Temporal runs a step again because an operator requested it with Temporal's own verbs. What the
//! step did before is unknown: the money may have moved, and the partner may not show it yet.

use std::time::Duration;

use harness::{Stack, Timings};
use rstest::rstest;
use serde_json::{Value, json};

use crate::accounts::{edit, with_configuration};
use crate::books::{
    QUICK, builder, charge, cli, describe, ends, has_moved, history_with, set_order_scenario,
    state, until,
};
use crate::executions::gauges;

/// The partner shows nothing before the step is done again, which is 14 s after it was begun. In that
/// time the operator has helped, also on a busy machine.
const TIMINGS: Timings = Timings {
    request_timeout: "3s",
    shows_within: "19s",
    needs_attention_after: "2m",
    ..QUICK
};

/// For longer than a step may run.
const STEP_MAY_TAKE: Duration = Duration::from_secs(16);

const THRICE: &str = "update-options --retry-maximum-attempts 3";

/// The worker dies between the charge and its report, and an operator helps.
#[rstest]
#[case::by_more_attempts(&[THRICE])]
#[case::by_a_reset(&["reset"])]
#[case::by_more_attempts_and_a_reset(&[THRICE, "reset"])]
#[case::by_a_pause_and_its_end(&[THRICE, "pause", "unpause"])]
#[tokio::test]
async fn a_submission_that_temporal_repeats_charges_once(#[case] verbs: &[&str]) {
    let mut stack = stack().await;
    let activity = charge_and_lose_the_worker(&mut stack).await;
    for verb in verbs {
        order(&stack, verb, &activity).await;
    }
    stack.start_worker().await.unwrap();
    ends(&stack, "again", "completed").await;
}

/// Whether the step may submit is checked before everything else: a missing account says nothing
/// about what the first attempt did.
#[tokio::test]
async fn a_second_attempt_is_withheld_before_its_account_is_looked_up() {
    let mut stack = stack().await;
    let activity = charge_and_lose_the_worker(&mut stack).await;
    order(&stack, THRICE, &activity).await;
    let other = "merchant_id = \"m-2002\"";
    let sound = edit(&stack, "merchant_id = \"m-1001\"", other);
    stack.start_worker().await.unwrap();
    history_with(&stack, "again", "Temporal handed this step out again").await;
    assert_eq!(state(&stack, "again").await["at_stake"], "outcome_open");
    with_configuration(&mut stack, &sound, None).await;
    ends(&stack, "again", "completed").await;
}

/// While a second attempt waits, a reset takes effect at once and calls it the first one.
#[tokio::test]
async fn a_submission_whose_second_attempt_is_reset_to_the_first_charges_once() {
    let mut stack = stack().await;
    let activity = charge_and_lose_the_worker(&mut stack).await;
    order(&stack, THRICE, &activity).await;
    until("a second attempt waits", async || {
        (pending(&stack).await["attempt"] == 2).then_some(())
    })
    .await;
    order(&stack, "reset", &activity).await;
    stack.start_worker().await.unwrap();
    ends(&stack, "again", "completed").await;
}

/// Temporal's time limits don't count for a step that is paused.
#[tokio::test]
async fn a_submission_whose_step_is_paused_and_lost_stands_still_until_it_is_unpaused() {
    let mut stack = stack().await;
    let activity = charge_and_lose_the_worker(&mut stack).await;
    order(&stack, "pause", &activity).await;
    stack.start_worker().await.unwrap();
    tokio::time::sleep(STEP_MAY_TAKE).await;
    let step = pending(&stack).await;
    assert_eq!(step["state"], "PENDING_ACTIVITY_STATE_PAUSE_REQUESTED");
    is_seen_as_paused(&stack, &activity).await;
    order(&stack, "unpause", &activity).await;
    ends(&stack, "again", "completed").await;
    until("it is counted no more", async || {
        (gauges(&stack).await["paused"] == 0).then_some(())
    })
    .await;
}

/// By the alert's gauge, and by whoever looks.
async fn is_seen_as_paused(stack: &Stack, activity: &str) {
    until("it is counted", async || {
        (gauges(stack).await["paused"] == 1).then_some(())
    })
    .await;
    let unpause =
        format!("temporal activity unpause -w sky-payment-again --activity-id {activity}");
    let paused = [
        "its step complete_merchant_acquiring",
        "no time limit ends a paused step",
    ];
    for (command, parts) in [
        (
            vec!["explain", "again"],
            [paused.as_slice(), &[&unpause]].concat(),
        ),
        (
            vec!["explain", "--status", "paused"],
            vec!["1 operation", "sky-payments explain again"],
        ),
        (vec!["show", "again"], paused.to_vec()),
        (vec!["status", "again"], paused.to_vec()),
        (
            vec!["list", "--status", "paused"],
            vec!["again", "step paused, submitting"],
        ),
    ] {
        let words = stack.payments_words(&command).await.unwrap();
        for part in parts {
            assert!(
                words.contains(part),
                "{command:?}: {part:?} is not in {words}"
            );
        }
        assert!(
            !words.contains("it goes on by itself"),
            "{command:?}: {words}"
        );
    }
}

/// An operator ends the step by hand, and the worker that has it knows nothing of that.
#[rstest]
#[case::failed("fail")]
#[case::completed_with_nonsense("complete --result null")]
#[tokio::test]
async fn a_submission_that_is_ended_by_hand_and_goes_on_charges_once(#[case] verb: &str) {
    let stack = builder()
        .timings(Timings {
            shows_within: "8s",
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
    set_order_scenario(&stack, "again", scenario).await;
    charge(&stack, "again").await;
    let activity = pending_activity(&stack).await;
    order(&stack, verb, &activity).await;
    until("the step has submitted all the same", async || {
        let journal = stack.partner().journal().await.unwrap();
        let mut paths = journal.iter().map(|entry| &entry["path"]);
        paths
            .any(|path| path == "/v1/completeMerchantAcquiring")
            .then_some(())
    })
    .await;
    // Waking it does not make it submit too early.
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
            "second_submission": "charges_again", "status_lag": "19s",
            "completes_after": "100ms", "callback": { "when": "never" },
            "faults": [{ "on": "submit", "kind": "silence", "executed": true }]
        }))
        .start()
        .await
        .unwrap()
}

/// One of Temporal's own verbs, with its flags.
async fn order(stack: &Stack, verb: &str, activity: &str) {
    let order = format!("activity {verb} -w sky-payment-again -a {activity}");
    cli(stack, &order).await;
}

/// The worker dies between the charge and its report. Returns the id of the step.
async fn charge_and_lose_the_worker(stack: &mut Stack) -> String {
    charge(stack, "again").await;
    has_moved(stack, "again").await;
    stack.kill_worker().unwrap();
    pending_activity(stack).await
}

/// The id of the step that is under way.
async fn pending_activity(stack: &Stack) -> String {
    until("a step is under way", async || {
        let id = &pending(stack).await["activityId"];
        id.as_str().map(str::to_owned)
    })
    .await
}

/// What Temporal says of the step that is under way.
async fn pending(stack: &Stack) -> Value {
    let described = describe(stack, "sky-payment-again").await.unwrap();
    described["pendingActivities"][0].clone()
}
