//! An operator resets a payment while the partner may have it and not show it yet.

use futures::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};
use tests::{Stack, Timings};

use crate::books::{QUICK, builder, charge, ends, events, until};

const TIMINGS: Timings = Timings {
    visibility_delay: "10s",
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
        let workflow = format!("sky-payment-{id}");
        let reset = [
            "workflow", "reset", "-w", &workflow, "-e", &point, "--reason", "test",
        ];
        stack.temporal().cli_text(&reset).await.unwrap();
    }
    for id in &ids {
        ends(&stack, id, "completed").await;
    }
}

async fn was_submitted(stack: &Stack, id: &str) -> bool {
    let journal = stack.partner().journal().await.unwrap();
    let mut about = journal.iter().filter(|entry| entry["request_id"] == id);
    about.any(|entry| entry["path"] == "/v1/completeMerchantAcquiring")
}

/// The numbers of the events that end a workflow task.
async fn task_ends(stack: &Stack, id: &str) -> Vec<String> {
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
