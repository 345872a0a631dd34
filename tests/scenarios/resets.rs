//! An operator resets a payment while the partner may have it and not show it yet.

use futures::future::join_all;
use harness::{Stack, Timings};
use rstest::rstest;
use serde_json::{Value, json};

use crate::books::{
    QUICK, builder, charge, cli, ends, events, fault, reaches, run_id, state, until,
};
use crate::operators::update;

const TIMINGS: Timings = Timings {
    shows_within: "9s",
    needs_attention_after: "2m",
    ..QUICK
};

/// One payment for each point of its history that it can be reset to: the ends of its workflow tasks.
#[rstest]
#[case::while_it_is_submitted("0s", "silence", 1)]
#[case::while_the_partner_takes_its_time("3s", "silence", 1)]
#[case::after_its_answer_was_lost("0s", "reset", 4)]
#[tokio::test]
async fn a_payment_that_is_reset_to_any_point_charges_once(
    #[case] executes_after: &str,
    #[case] kind: &str,
    #[case] points: usize,
) {
    let stack = builder()
        .timings(TIMINGS)
        .default_scenario(json!({
            "second_submission": "charges_again",
            "executes_after": executes_after, "status_lag": "6s",
            "completes_after": "100ms", "callback": { "when": "never" },
            "faults": [{ "on": "submit", "kind": kind, "executed": true }]
        }))
        .start()
        .await
        .unwrap();
    let ids: Vec<String> = (0..points).map(|point| format!("reset-{point}")).collect();
    join_all(ids.iter().map(|id| charge(&stack, id))).await;
    for (point, id) in ids.iter().enumerate() {
        let point = until("it can be reset to there", async || {
            let is_sent = was_submitted(&stack, id).await;
            let ends = task_ends(&stack, id).await;
            (is_sent && ends.len() >= points).then(|| ends[point].clone())
        })
        .await;
        reset(&stack, id, &format!("-e {point}")).await;
    }
    for id in &ids {
        ends(&stack, id, "completed").await;
    }
}

/// What the run before had learned is copied, but what it did after the reset point is unknown.
#[tokio::test]
async fn a_run_that_was_reset_is_closed_by_hand_only_once_it_has_asked_itself() {
    let stack = builder()
        .timings(Timings {
            needs_attention_after: "3s",
            // Only what an operator says is tried.
            attention_check: "10m",
            ..QUICK
        })
        .worker_settings("[resolution]\ntwo_operators = true\n")
        .default_scenario(json!({ "never_completes": true, "callback": { "when": "never" } }))
        .start()
        .await
        .unwrap();
    charge(&stack, "reset").await;
    reaches(&stack, "reset", "needs_attention").await;
    // It may still be due from before. After this one nothing asks by itself.
    stack.payments(&["check-now", "reset"]).await.unwrap();
    let resolution = json!({ "as": "abandoned", "operator": "ann", "reason": "x" });
    update(&stack, "reset", "resolve", resolution.clone())
        .await
        .unwrap();
    // With a task after it, the proposal is before the point of the reset.
    let signal = "workflow signal -w sky-payment-reset --name nothing";
    let tasks = task_ends(&stack, "reset").await.len();
    cli(&stack, signal).await;
    until("the signal was taken", async || {
        (task_ends(&stack, "reset").await.len() > tasks).then_some(())
    })
    .await;
    reset(&stack, "reset", "--type LastWorkflowTask").await;
    let copied = reaches(&stack, "reset", "needs_attention").await;
    assert_eq!(copied["proposal"]["operator"], "ann", "{copied}");
    let proposed_at = &copied["proposal"]["proposed_at"];
    let approval = json!({ "as": "abandoned", "operator": "ben", "proposed_at": proposed_at });
    for (name, argument) in [("resolve", &resolution), ("approve_resolution", &approval)] {
        let refusal = update(&stack, "reset", name, argument.clone())
            .await
            .unwrap_err();
        assert!(refusal.contains("check_now first"), "{name}: {refusal}");
    }
    assert_eq!(closing_actions(&stack).await, Vec::<String>::new());
    stack.payments(&["check-now", "reset"]).await.unwrap();
    assert_eq!(
        closing_actions(&stack).await,
        [
            "resolve_as_abandoned",
            "resolve as abandoned",
            "sky-payments approve"
        ]
    );
    update(&stack, "reset", "approve_resolution", approval)
        .await
        .unwrap();
    let result = stack.payments(&["result", "reset"]).await.unwrap();
    assert_eq!(result["outcome"], "abandoned", "{result}");
}

/// The second reset copies the first run's refusal; the run between the two has charged.
#[tokio::test]
async fn a_run_that_was_reset_past_a_refusal_asks_before_it_ends() {
    let stack = builder().timings(QUICK).start().await.unwrap();
    let kind = json!({ "status": 422, "code": "card_missing", "body": "json" });
    fault(&stack, "again", json!({ "on": "submit", "kind": kind })).await;
    charge(&stack, "again").await;
    ends(&stack, "again", "rejected").await;
    let first = run_id(&stack, "again").await;
    reset(&stack, "again", "--type FirstWorkflowTask").await;
    ends(&stack, "again", "completed").await;
    let to_its_end = format!("-r {first} --type LastWorkflowTask");
    reset(&stack, "again", &to_its_end).await;
    ends(&stack, "again", "completed").await;
    let replayed = stack.worker_verb(&["replay"]).await.unwrap();
    assert!(replayed.status.success(), "{replayed:?}");
}

/// The offered actions that would close it: in the query, in Temporal's UI and by `explain`.
async fn closing_actions(stack: &Stack) -> Vec<String> {
    let metadata = "workflow metadata -w sky-payment-reset";
    let told = [
        state(stack, "reset").await["actions"].to_string(),
        cli(stack, metadata).await,
        stack.payments_words(&["explain", "reset"]).await.unwrap(),
    ];
    let closing = [
        "resolve_as_abandoned",
        "resolve as abandoned",
        "sky-payments approve",
    ];
    let told = told.iter().zip(closing);
    let listed = told.filter(|(text, words)| text.contains(words));
    listed.map(|(_, words)| words.to_owned()).collect()
}

pub(crate) async fn reset(stack: &Stack, id: &str, to: &str) {
    let reset = format!("workflow reset -w sky-payment-{id} {to} --reason test");
    cli(stack, &reset).await;
}

async fn was_submitted(stack: &Stack, id: &str) -> bool {
    let journal = stack.partner().journal().await.unwrap();
    let mut about = journal.iter().filter(|entry| entry["request_id"] == id);
    about.any(|entry| entry["path"] == "/v1/completeMerchantAcquiring")
}

/// The numbers of the events that end a workflow task.
pub(crate) async fn task_ends(stack: &Stack, id: &str) -> Vec<String> {
    let events = events(stack, &format!("sky-payment-{id}")).await.unwrap();
    let ends = events
        .as_array()
        .unwrap()
        .iter()
        .filter(|event| event["eventType"] == "EVENT_TYPE_WORKFLOW_TASK_COMPLETED");
    ends.map(|event| number(&event["eventId"])).collect()
}

fn number(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
