//! A run that is reset does not know what it did, and moves no money a second time.

use futures::future::join_all;
use harness::{OperationKind, Stack};
use serde_json::json;

use super::{calls, charge, fault, give_back, in_osh, paid, stack};
use crate::books::{ends, run_id, start, until};
use crate::resets::{reset, task_ends};

#[tokio::test]
async fn a_payment_that_is_reset_to_any_point_charges_once() {
    each_reset_moves_money_once(OperationKind::ExtraPayment, 4).await;
}

#[tokio::test]
async fn a_reversal_that_is_reset_to_any_point_gives_back_once() {
    each_reset_moves_money_once(OperationKind::Reversal, 2).await;
}

/// One operation for each point of its history that it can be reset to, while its answer is lost.
async fn each_reset_moves_money_once(kind: OperationKind, points: usize) {
    let stack = stack().await;
    let moves = match kind {
        OperationKind::ExtraPayment => "confirm_payment_intent",
        OperationKind::Reversal => "create_refund",
    };
    let ids: Vec<String> = (0..points).map(|point| format!("reset-{point}")).collect();
    join_all(ids.iter().map(async |id| {
        let lost = json!({ "on": moves, "kind": "silence", "executed": true });
        fault(&stack, id, lost).await;
        let order = paid(&stack, id, "pm_card_visa").await;
        start(&stack, in_osh(kind, id, &order)).await;
    }))
    .await;
    reset_each_to_its_point(&stack, &ids).await;
    for id in &ids {
        ends(&stack, id, "completed").await;
    }
}

/// The history that the run copied says when the key was first used, so it may repeat as the first run
/// might.
#[tokio::test]
async fn a_reversal_that_is_reset_while_its_outcome_is_open_is_repeated_under_its_key() {
    let stack = stack().await;
    reset_while_open(&stack, "open").await;
    ends(&stack, "open", "completed").await;
    let stripe = stack.stripe().unwrap();
    assert_eq!(stripe.refunds("open").await.unwrap().len(), 1);
}

/// Starts a reversal that does not arrive at Stripe, and resets it as soon as that can be known.
pub(crate) async fn reset_while_open(stack: &Stack, id: &str) {
    let lost = json!({ "on": "create_refund", "kind": "silence", "executed": false });
    fault(stack, id, lost).await;
    give_back(stack, id).await;
    let event = until("its answer was lost", async || {
        task_ends(stack, id).await.get(1).cloned()
    })
    .await;
    reset(stack, id, &format!("-e {event}")).await;
}

/// The second of two runs that were reset from the same does not have what the first did among its own
/// histories, and by then Stripe has forgotten the key.
#[tokio::test]
async fn a_payment_whose_first_run_is_reset_twice_charges_once() {
    let stack = stack().await;
    // For as long as the first run lasts.
    let silent = json!({ "on": "create_payment_intent", "kind": "silence", "executed": false,
        "times": 0 });
    fault(&stack, "twice", silent).await;
    charge(&stack, "twice").await;
    let first = until("it was to be created", async || {
        let created = calls(&stack, "create_payment_intent").await;
        let first = run_id(&stack, "twice").await;
        (!created.is_empty()).then_some(first)
    })
    .await;
    let point = task_ends(&stack, "twice").await[0].clone();
    let order = async |arguments: &[&str]| {
        let of = ["-w", "sky-payment-twice", "-r", &first, "--reason", "test"];
        let order = [&["workflow"], arguments, &of].concat();
        stack.temporal().cli_text(&order).await.unwrap();
    };
    order(&["terminate"]).await;
    let stripe = stack.stripe().unwrap();
    stripe.set_faults(json!([])).await.unwrap();
    order(&["reset", "-e", &point]).await;
    ends(&stack, "twice", "completed").await;
    stripe.forget_idempotency_keys().await.unwrap();
    let second = run_id(&stack, "twice").await;

    order(&["reset", "-e", &point]).await;
    assert_ne!(run_id(&stack, "twice").await, second);
    ends(&stack, "twice", "completed").await;
    assert_eq!(stripe.ledger("twice").await.unwrap().len(), 1);
}

/// Once the money has moved, the operation with the number N is reset to the end of its task N.
async fn reset_each_to_its_point(stack: &Stack, ids: &[String]) {
    for (point, id) in ids.iter().enumerate() {
        let event = until("it can be reset to there", async || {
            let moved = stack.stripe().unwrap().ledger(id).await.unwrap();
            let ends = task_ends(stack, id).await;
            let event = ends.get(point).cloned();
            event.filter(|_| !moved.is_empty())
        })
        .await;
        reset(stack, id, &format!("-e {event}")).await;
    }
}
