//! While Stripe keeps the key, the same request again is the question; later the list is asked.

use harness::{OperationKind, Stack};
use rstest::rstest;
use serde_json::{Value, json};

use super::{calls, fault, give_back, in_osh, paid, stack};
use crate::books::{ends, reaches, split, start, state, until};

#[rstest]
#[case::executed(true)]
#[case::not_executed(false)]
#[tokio::test]
async fn a_lost_refund_that_lists_do_not_show_yet_is_made_once(#[case] executed: bool) {
    let stack = stack().await;
    let stripe = stack.stripe().unwrap();
    let lag = json!({ "list_lag": "1h" });
    stripe.set_settings(&lag).await.unwrap();
    let lost = json!({ "on": "create_refund", "kind": "reset", "executed": executed });
    fault(&stack, "lost", lost).await;
    give_back(&stack, "lost").await;
    ends(&stack, "lost", "completed").await;
    assert_eq!(refund_keys(&stack).await, ["sky-payment-lost/refund"; 2]);
}

/// The same request again would be the question, and a paused account makes none.
#[tokio::test]
async fn a_lost_refund_is_found_while_its_account_is_paused() {
    let stack = stack().await;
    let stripe = stack.stripe().unwrap();
    stripe
        .set_settings(&json!({ "list_lag": "1h" }))
        .await
        .unwrap();
    let lost = json!({ "on": "create_refund", "kind": "reset", "executed": true, "times": 0 });
    fault(&stack, "held", lost).await;
    give_back(&stack, "held").await;
    until("it was made", async || {
        let made = stripe.refunds("held").await.unwrap();
        (!made.is_empty()).then_some(())
    })
    .await;
    let pause = "accounts pause stripe-main --operator aida --reason incident";
    stack.payments(&split(pause)).await.unwrap();
    until("the account is paused", async || {
        let last_error = &state(&stack, "held").await["last_error"];
        let is_paused = last_error
            .to_string()
            .contains("aida has paused the account");
        is_paused.then_some(())
    })
    .await;
    stripe
        .set_settings(&json!({ "list_lag": "0s" }))
        .await
        .unwrap();
    ends(&stack, "held", "completed").await;
    assert_eq!(stripe.refunds("held").await.unwrap().len(), 1);
}

/// A recording of a 500 says nothing; what Stripe made of it in the end is in the list.
#[rstest]
#[case::at_once("0s")]
#[case::later("4s")]
#[tokio::test]
async fn a_refund_whose_500_is_replayed_is_found_in_the_list(#[case] rolls_forward_after: &str) {
    let stack = stack().await;
    let saved = json!({ "on": "create_refund", "kind": { "status": 500 }, "saved": true,
        "rolls_forward_after": rolls_forward_after });
    fault(&stack, "saved", saved).await;
    give_back(&stack, "saved").await;
    ends(&stack, "saved", "completed").await;
}

#[tokio::test]
async fn a_lost_refund_whose_key_was_forgotten_is_found_in_the_list() {
    // Its answer is awaited for longer than it takes to have the key forgotten.
    let stack = stack().await;
    let lost = json!({ "on": "create_refund", "kind": "silence", "executed": true });
    fault(&stack, "old", lost).await;
    give_back(&stack, "old").await;
    let stripe = stack.stripe().unwrap();
    until("it was made", async || {
        let made = stripe.refunds("old").await.unwrap();
        (!made.is_empty()).then_some(())
    })
    .await;
    stripe.forget_idempotency_keys().await.unwrap();
    ends(&stack, "old", "completed").await;
    assert_eq!(refund_keys(&stack).await, ["sky-payment-old/refund"]);
}

#[rstest]
#[case::conflict(json!({ "status": 409 }))]
#[case::failed_dependency(json!({ "status": 424 }))]
#[case::too_many(json!({ "status": 429 }))]
#[case::unavailable(json!({ "status": 503, "body": "html" }))]
#[tokio::test]
async fn a_refund_in_doubt_is_repeated_under_its_key(#[case] kind: Value) {
    let stack = stack().await;
    let doubt = json!({ "on": "create_refund", "kind": kind });
    fault(&stack, "doubt", doubt).await;
    give_back(&stack, "doubt").await;
    ends(&stack, "doubt", "completed").await;
    assert_eq!(refund_keys(&stack).await, ["sky-payment-doubt/refund"; 2]);
}

#[tokio::test]
async fn a_pending_refund_that_fails_is_declined_with_its_reason() {
    let stack = stack().await;
    let order = paid(&stack, "fails", "pm_usBankAccount_processing").await;
    let stripe = stack.stripe().unwrap();
    let slow = json!({ "refunds_settle_after": "1h" });
    stripe.set_settings(&slow).await.unwrap();
    start(&stack, in_osh(OperationKind::Reversal, "fails", &order)).await;
    reaches(&stack, "fails", "awaiting_completion").await;
    stripe.set_refund_status("fails", "failed").await.unwrap();
    ends(&stack, "fails", "declined").await;
}

/// A saved refusal is as final as a saved success, also where its answer was lost.
#[tokio::test]
async fn more_than_was_paid_is_not_given_back() {
    let stack = stack().await;
    let lost = json!({ "on": "create_refund", "kind": "reset", "executed": true });
    fault(&stack, "more", lost).await;
    let order = paid(&stack, "more", "pm_card_visa").await;
    let asked = in_osh(OperationKind::Reversal, "more", &order).of("840.01", "KGS");
    start(&stack, asked).await;
    ends(&stack, "more", "rejected").await;
}

/// A refund has no currency of its own, so this one would give back another amount.
#[tokio::test]
async fn a_reversal_in_another_currency_than_the_payment_is_refused() {
    let stack = stack().await;
    let order = paid(&stack, "usd", "pm_card_visa").await;
    let asked = in_osh(OperationKind::Reversal, "usd", &order).of("125.50", "USD");
    start(&stack, asked).await;
    let result = ends(&stack, "usd", "rejected").await;
    assert_eq!(result["decline_code"], "currency_mismatch");
    assert!(refund_keys(&stack).await.is_empty());
}

/// The keys of all calls that create a refund.
async fn refund_keys(stack: &Stack) -> Vec<String> {
    let calls = calls(stack, "create_refund").await;
    let keys = calls.iter().map(|call| call["idempotency_key"].as_str());
    keys.map(|key| key.unwrap().to_owned()).collect()
}
