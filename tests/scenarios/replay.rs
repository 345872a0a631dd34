//! Every recorded history replays on this code: the deployed code can take over what is running.
//!
//! The histories are in `histories/`, one for each end and path. With `SKY_RECORD=1` the test first
//! records the missing ones, for a new end or path. The history of a deployed version is never
//! recorded again.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use harness::{Kind, Operation, Stack, Timings};
use serde_json::json;
use temporalio_client::WorkflowHistory;
use temporalio_sdk::opentelemetry::OpenTelemetryPlugin;
use temporalio_sdk::workflow_replayer::{WorkflowReplayer, WorkflowReplayerOptions};
use workflows::{ExtraPayment, LookAgain, PaymentReversal, RecordSavedCard};

use crate::books::{
    QUICK, builder, charge, client, ends, events, fault, give_back, history, reaches, stack, start,
    start_raw, until,
};
use crate::saved_cards::{card, closes, needs_attention, saved_card, tell};

#[tokio::test]
async fn every_recorded_history_replays() {
    if std::env::var_os("SKY_RECORD").is_some() {
        record().await;
    }
    let options = || {
        WorkflowReplayerOptions::new()
            .register_workflow::<ExtraPayment>()
            .unwrap()
            .register_workflow::<LookAgain>()
            .unwrap()
            .register_workflow::<PaymentReversal>()
            .unwrap()
            .register_workflow::<RecordSavedCard>()
            .unwrap()
    };
    replay(options().build()).await;
    // By a worker that makes spans, of workflows of which none were made.
    replay(
        options()
            .worker_plugin(OpenTelemetryPlugin::builder().build())
            .build(),
    )
    .await;
}

async fn replay(options: WorkflowReplayerOptions) {
    let replayer = WorkflowReplayer::new(options).unwrap();
    let mut replayed = 0;
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let history = WorkflowHistory::from_json(&fs::read(&path).unwrap()).unwrap();
        let result = replayer.replay_workflow(history).await;
        assert!(
            result.is_ok(),
            "{}: {}",
            path.display(),
            result.unwrap_err()
        );
        replayed += 1;
    }
    assert!(replayed >= 22, "only {replayed} histories");
}

/// The ends and paths of payments and reversals.
const PAYMENTS: [&str; 14] = [
    "completed",
    "callback-lost",
    "declined",
    "answer-lost",
    "charge-lost",
    "rate-limited",
    "access-denied",
    "reversed",
    "rejected",
    "invalid",
    "billing-refused",
    "abandoned",
    "long",
    "continued",
];

/// Stages each end and path, and writes down the histories that are not there yet.
async fn record() {
    if is_missing("cancelled") {
        record_cancelled().await;
    }
    if is_missing("approved") {
        record_approved().await;
    }
    if ["saved-card", "saved-card-late", "saved-card-invalid"]
        .into_iter()
        .any(is_missing)
    {
        record_saved_cards().await;
    }
    if ["reset", "billed-by-hand", "looked-again"]
        .into_iter()
        .any(is_missing)
    {
        record_operators().await;
    }
    if PAYMENTS.into_iter().any(is_missing) {
        record_payments().await;
    }
}

async fn record_payments() {
    let stack = stack().await;
    let partner = stack.partner();
    let never = json!({ "never_completes": true, "callback": { "when": "never" } });
    partner
        .set_scenario("callback-lost", "callback_lost")
        .await
        .unwrap();
    partner.set_scenario("declined", "declined").await.unwrap();
    partner
        .set_scenario("answer-lost", "answer_lost_after_charge")
        .await
        .unwrap();
    partner
        .set_scenario("charge-lost", "charge_lost_before_answer")
        .await
        .unwrap();
    let other_amount = json!({ "reports_amount": "130.00", "callback": { "when": "never" } });
    partner
        .set_custom_scenario("abandoned", other_amount)
        .await
        .unwrap();
    partner
        .set_custom_scenario("long", never.clone())
        .await
        .unwrap();
    partner
        .set_custom_scenario("continued", never)
        .await
        .unwrap();
    let limited = json!({ "status": 429, "retry_after": 2 });
    fault(
        &stack,
        "rate-limited",
        json!({ "on": "submit", "kind": limited }),
    )
    .await;
    let unknown = json!({ "status": 401, "code": "key_unknown", "body": "json" });
    fault(
        &stack,
        "access-denied",
        json!({ "on": "submit", "kind": unknown }),
    )
    .await;
    let refused = json!({ "kind": { "status": 409 }, "request_id": "billing-refused", "times": 0 });
    stack.billing().set_faults(json!([refused])).await.unwrap();

    for id in [
        "completed",
        "callback-lost",
        "declined",
        "answer-lost",
        "access-denied",
        "rate-limited",
    ] {
        charge(&stack, id).await;
    }
    for id in ["reversed", "charge-lost", "abandoned", "long", "continued"] {
        give_back(&stack, id).await;
    }
    charge(&stack, "billing-refused").await;
    let rejected = Operation::new(Kind::Reversal, "rejected").of_order("unknown-order");
    start(&stack, rejected).await;
    start_raw(&stack, "process_extra_payment", "invalid", "{}").await;

    for id in [
        "completed",
        "callback-lost",
        "answer-lost",
        "charge-lost",
        "access-denied",
        "reversed",
    ] {
        ends(&stack, id, "completed").await;
    }
    ends(&stack, "rate-limited", "completed").await;
    ends(&stack, "declined", "declined").await;
    ends(&stack, "rejected", "rejected").await;
    reaches(&stack, "billing-refused", "needs_attention").await;
    stack.billing().set_faults(json!([])).await.unwrap();
    stack
        .payments(&["check-now", "billing-refused"])
        .await
        .unwrap();
    ends(&stack, "billing-refused", "completed").await;
    reaches(&stack, "abandoned", "needs_attention").await;
    let by_hand = [
        "resolve",
        "abandoned",
        "--as",
        "abandoned",
        "--operator",
        "ann",
        "--reason",
        "x",
        "--against-advice",
    ];
    stack.payments_output(&by_hand).await.unwrap();
    reaches(&stack, "long", "needs_attention").await;
    stack.payments_output(&["cancel", "long"]).await.unwrap();
    for id in PAYMENTS.into_iter().filter(|id| *id != "continued") {
        write(&stack, id).await;
    }
    record_continued(&stack).await;
}

/// Reset while its outcome was open, closed with a document made by hand, and looked at again.
async fn record_operators() {
    let timings = Timings {
        look_again_after: Some("1s"),
        ..QUICK
    };
    let stack = builder().timings(timings).start().await.unwrap();
    // Nothing wakes the run that is reset before it comes to submit.
    let lost = json!({ "faults": [{ "on": "submit", "kind": "reset", "executed": true }],
        "callback": { "when": "never" } });
    let partner = stack.partner();
    partner.set_custom_scenario("reset", lost).await.unwrap();
    let refused = json!({ "kind": { "status": 409 }, "request_id": "billed-by-hand", "times": 0 });
    stack.billing().set_faults(json!([refused])).await.unwrap();
    charge(&stack, "reset").await;
    charge(&stack, "billed-by-hand").await;
    until("it was submitted", async || {
        let ledger = stack.partner().ledger("reset").await.unwrap();
        (!ledger.is_empty()).then_some(())
    })
    .await;
    let reset = "workflow reset -w sky-payment-reset --type FirstWorkflowTask --reason recorded";
    let words: Vec<&str> = reset.split(' ').collect();
    stack.temporal().cli_text(&words).await.unwrap();
    ends(&stack, "reset", "completed").await;
    reaches(&stack, "billed-by-hand", "needs_attention").await;
    let resolve = "resolve billed-by-hand --as completed --operator ann --reason booked \
                   --billing-document-id MAN-7";
    let words: Vec<&str> = resolve.split_whitespace().collect();
    stack.payments(&words).await.unwrap();
    let looked_again = "sky-look-again-billed-by-hand";
    until("it was looked at again", async || {
        let events = events(&stack, looked_again).await?.to_string();
        events
            .contains("WORKFLOW_EXECUTION_COMPLETED")
            .then_some(())
    })
    .await;
    write(&stack, "reset").await;
    write(&stack, "billed-by-hand").await;
    write_workflow(&stack, "looked-again", looked_again).await;
}

/// Cancelled before its first task.
async fn record_cancelled() {
    let mut stack = builder().workers(0).start().await.unwrap();
    charge(&stack, "cancelled").await;
    stack
        .payments_output(&["cancel", "cancelled"])
        .await
        .unwrap();
    stack.start_worker().await.unwrap();
    until("it is cancelled", async || {
        history(&stack, "cancelled")
            .await
            .contains("WORKFLOW_EXECUTION_CANCELED")
            .then_some(())
    })
    .await;
    write(&stack, "cancelled").await;
}

/// Handed over at once, and only after it needed attention; and an input that is no saved card.
async fn record_saved_cards() {
    let stack = builder().saved_cards().start().await.unwrap();
    let address = stack.saved_card_address().await.unwrap();
    let procaas = stack.procaas().unwrap();
    tell(&stack, &address, &card("at-once"), 1).await;
    closes(&stack, "at-once").await;
    procaas.set_down(true).await.unwrap();
    tell(&stack, &address, &card("late"), 1).await;
    let late = saved_card("late").workflow_id();
    needs_attention(&stack).await;
    procaas.set_down(false).await.unwrap();
    closes(&stack, "late").await;
    start_raw(&stack, "record_saved_card", "no-card", "{}").await;
    until("it has failed", async || {
        let history = history(&stack, "no-card").await;
        history.contains("WORKFLOW_EXECUTION_FAILED").then_some(())
    })
    .await;
    for (name, workflow) in [
        ("saved-card", saved_card("at-once").workflow_id()),
        ("saved-card-late", late),
        ("saved-card-invalid", "sky-payment-no-card".to_owned()),
    ] {
        write_workflow(&stack, name, &workflow).await;
    }
}

/// Closed by two operators: proposed, withdrawn, proposed again, approved.
async fn record_approved() {
    let stack = builder()
        .worker_settings("[resolution]\ntwo_operators = true\n")
        .start()
        .await
        .unwrap();
    let other_amount = json!({ "reports_amount": "130.00", "callback": { "when": "never" } });
    let partner = stack.partner();
    partner
        .set_custom_scenario("approved", other_amount)
        .await
        .unwrap();
    charge(&stack, "approved").await;
    reaches(&stack, "approved", "needs_attention").await;
    for order in [
        "resolve approved --as declined --operator ann --reason mistaken --against-advice",
        "withdraw approved --operator ann --reason mistyped",
        "resolve approved --as abandoned --operator ann --reason settled --ticket OPS-7 \
         --against-advice",
        "approve approved --as abandoned --operator ben --against-advice",
    ] {
        let words: Vec<&str> = order.split(' ').collect();
        let output = stack.payments_output(&words).await.unwrap();
        assert!(output.status.success(), "{order}: {output:?}");
    }
    write(&stack, "approved").await;
}

/// A run that goes on where a long one before it ended.
async fn record_continued(stack: &Stack) {
    while !history(stack, "continued")
        .await
        .contains("continuedExecutionRunId")
    {
        tokio::time::sleep(Duration::from_secs(5)).await;
    }
    stack.partner().finish("continued").await.unwrap();
    ends(stack, "continued", "completed").await;
    write(stack, "continued").await;
}

async fn write(stack: &Stack, id: &str) {
    write_workflow(stack, id, &format!("sky-payment-{id}")).await;
}

async fn write_workflow(stack: &Stack, name: &str, workflow: &str) {
    let path = folder().join(format!("{name}.json"));
    if path.exists() {
        return;
    }
    let client = client(stack).await;
    let handle = client.get_workflow_handle::<ExtraPayment>(workflow.to_owned());
    let json = handle
        .fetch_history(Default::default())
        .to_json()
        .await
        .unwrap();
    fs::write(path, json).unwrap();
}

fn is_missing(name: &str) -> bool {
    !folder().join(format!("{name}.json")).exists()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("histories")
}
