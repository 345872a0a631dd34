//! What operators and procaas do to a payment.

use harness::Timings;
use serde_json::json;

use super::recording::{write, write_workflow};
use crate::books::{
    QUICK, builder, charge, cli, ends, events, fault, has_moved, history_with, reaches, run_id,
    set_custom_scenario, split, stack, until,
};

/// Reset while its outcome was open, closed with a document made by hand, and looked at again.
pub(super) async fn record_operators() {
    let timings = Timings {
        look_again_after: Some("1s"),
        ..QUICK
    };
    let stack = builder().timings(timings).start().await.unwrap();
    // Nothing wakes the run that is reset before it comes to submit.
    let lost = json!({ "faults": [{ "on": "submit", "kind": "reset", "executed": true }],
        "callback": { "when": "never" } });
    set_custom_scenario(&stack, "reset", lost).await;
    let refused = json!({ "kind": { "status": 409 }, "request_id": "billed-by-hand", "times": 0 });
    stack.billing().set_faults(json!([refused])).await.unwrap();
    charge(&stack, "reset").await;
    charge(&stack, "billed-by-hand").await;
    has_moved(&stack, "reset").await;
    let reset = "workflow reset -w sky-payment-reset --type FirstWorkflowTask --reason recorded";
    cli(&stack, reset).await;
    ends(&stack, "reset", "completed").await;
    reaches(&stack, "billed-by-hand", "needs_attention").await;
    let resolve = "resolve billed-by-hand --as completed --operator ann --reason booked \
                   --billing-document-id MAN-7 --against-advice";
    stack.payments(&split(resolve)).await.unwrap();
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

/// Refused, reset and charged, and then reset past the refusal.
pub(super) async fn record_reset_past_a_refusal() {
    let stack = builder().timings(QUICK).start().await.unwrap();
    let id = "reset-past-a-refusal";
    let refusal = json!({ "status": 422, "code": "card_missing", "body": "json" });
    fault(&stack, id, json!({ "on": "submit", "kind": refusal })).await;
    charge(&stack, id).await;
    ends(&stack, id, "rejected").await;
    let first = run_id(&stack, id).await;
    for to in [
        "--type FirstWorkflowTask",
        &format!("-r {first} --type LastWorkflowTask"),
    ] {
        let reset = format!("workflow reset -w sky-payment-{id} {to} --reason recorded");
        cli(&stack, &reset).await;
        ends(&stack, id, "completed").await;
    }
    write(&stack, id).await;
}

/// Closed by an operator as declined, since the partner lets nothing in.
pub(super) async fn record_declined_by_hand() {
    let stack = stack().await;
    let id = "declined-by-hand";
    let unknown = json!({ "status": 401, "code": "key_unknown", "body": "json" });
    let unknown = json!({ "on": "init_session", "kind": unknown, "times": 0 });
    let partner = stack.partner();
    let locked_out = json!({ "faults": [unknown] });
    let order = format!("o-{id}");
    partner
        .set_order_scenario(&order, locked_out)
        .await
        .unwrap();
    charge(&stack, id).await;
    reaches(&stack, id, "needs_attention").await;
    let resolve = "resolve declined-by-hand --as declined --operator ann --reason settled \
                   --against-advice";
    let output = stack.payments_output(&split(resolve)).await.unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    write(&stack, id).await;
}

/// Cancelled before its first task.
pub(super) async fn record_cancelled() {
    let mut stack = builder().workers(0).start().await.unwrap();
    charge(&stack, "cancelled").await;
    stack
        .payments_output(&["cancel", "cancelled"])
        .await
        .unwrap();
    stack.start_worker().await.unwrap();
    history_with(&stack, "cancelled", "WORKFLOW_EXECUTION_CANCELED").await;
    write(&stack, "cancelled").await;
}

/// Closed by two operators: proposed, withdrawn, proposed again, approved.
pub(super) async fn record_approved() {
    let stack = builder()
        .worker_settings("[resolution]\ntwo_operators = true\n")
        .start()
        .await
        .unwrap();
    let other_amount = json!({ "reports_amount": "130.00", "callback": { "when": "never" } });
    set_custom_scenario(&stack, "approved", other_amount).await;
    charge(&stack, "approved").await;
    reaches(&stack, "approved", "needs_attention").await;
    for order in [
        "resolve approved --as declined --operator ann --reason mistaken --against-advice",
        "withdraw approved --operator ann --reason mistyped",
        "resolve approved --as abandoned --operator ann --reason settled --ticket OPS-7 \
         --against-advice",
        "approve approved --as abandoned --operator ben --against-advice",
    ] {
        let output = stack.payments_output(&split(order)).await.unwrap();
        assert!(output.status.success(), "{order}: {output:?}");
    }
    write(&stack, "approved").await;
}
