//! The ends and paths of payments and reversals at Sky.

use std::time::Duration;

use harness::{Operation, OperationKind, Stack};
use serde_json::json;

use super::recording::write;
use crate::books::{
    charge, ends, fault, give_back, history, reaches, set_custom_scenario, split, stack, start,
    start_raw,
};

pub(super) const NAMES: [&str; 14] = [
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

pub(super) async fn record() {
    let stack = stack().await;
    let partner = stack.partner();
    let never = json!({ "never_completes": true, "callback": { "when": "never" } });
    for (id, name) in [
        ("callback-lost", "callback_lost"),
        ("declined", "declined"),
        ("answer-lost", "answer_lost_after_charge"),
        ("charge-lost", "charge_lost_before_answer"),
    ] {
        partner.set_scenario(id, name).await.unwrap();
    }
    let other_amount = json!({ "reports_amount": "130.00", "callback": { "when": "never" } });
    set_custom_scenario(&stack, "abandoned", other_amount).await;
    for id in ["long", "continued"] {
        set_custom_scenario(&stack, id, never.clone()).await;
    }
    let limited = json!({ "status": 429, "retry_after": 2 });
    let unknown = json!({ "status": 401, "code": "key_unknown", "body": "json" });
    for (id, kind) in [("rate-limited", limited), ("access-denied", unknown)] {
        fault(&stack, id, json!({ "on": "submit", "kind": kind })).await;
    }
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
    let rejected = Operation::new(OperationKind::Reversal, "rejected").of_order("unknown-order");
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
    let by_hand =
        split("resolve abandoned --as abandoned --operator ann --reason x --against-advice");
    stack.payments_output(&by_hand).await.unwrap();
    reaches(&stack, "long", "needs_attention").await;
    stack.payments_output(&["cancel", "long"]).await.unwrap();
    for id in NAMES.into_iter().filter(|id| *id != "continued") {
        write(&stack, id).await;
    }
    record_continued(&stack).await;
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
