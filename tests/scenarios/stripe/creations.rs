//! Creating a payment moves nothing, so it is made again under the same key until it is answered, or
//! until the customer has a payment for the request.

use harness::{Operation, OperationKind};
use rstest::rstest;
use serde_json::{Value, json};

use super::{calls, charge, fault, in_osh, is_asked_about, paid, payment, stack};
use crate::books::{ends, needs_attention, reaches, start, start_raw, state};

#[rstest]
#[case::reset(json!("reset"))]
#[case::silence(json!("silence"))]
#[case::server_error(json!({ "status": 500 }))]
#[case::conflict(json!({ "status": 409 }))]
#[case::too_many(json!({ "status": 429 }))]
#[tokio::test]
async fn a_lost_creation_that_lists_do_not_show_yet_is_repeated_under_its_key(
    #[case] kind: Value,
    #[values(false, true)] executed: bool,
) {
    let stack = stack().await;
    let stripe = stack.stripe().unwrap();
    let lag = json!({ "list_lag": "1h" });
    stripe.set_settings(&lag).await.unwrap();
    let lost = json!({ "on": "create_payment_intent", "kind": kind, "executed": executed });
    fault(&stack, "lost", lost).await;
    charge(&stack, "lost").await;
    ends(&stack, "lost", "completed").await;
    payment(&stack, "lost").await;
    let created = calls(&stack, "create_payment_intent").await;
    let keys: Vec<&Value> = created.iter().map(|it| &it["idempotency_key"]).collect();
    assert_eq!(keys, ["sky-payment-lost/create"; 2]);
}

#[tokio::test]
async fn a_lost_creation_that_was_executed_is_found_in_the_list() {
    let stack = stack().await;
    let lost = json!({ "on": "create_payment_intent", "kind": "reset", "executed": true });
    fault(&stack, "lost", lost).await;
    charge(&stack, "lost").await;
    ends(&stack, "lost", "completed").await;
    assert_eq!(calls(&stack, "create_payment_intent").await.len(), 1);
}

/// Stripe replays the 500 as long as it keeps the key.
#[tokio::test]
async fn a_creation_whose_500_is_replayed_goes_on_when_its_key_is_forgotten() {
    let stack = stack().await;
    let saved = json!({ "on": "create_payment_intent", "kind": { "status": 500 }, "saved": true });
    fault(&stack, "saved", saved).await;
    charge(&stack, "saved").await;
    reaches(&stack, "saved", "needs_attention").await;
    assert_eq!(state(&stack, "saved").await["at_stake"], "nothing_sent");
    let stripe = stack.stripe().unwrap();
    stripe.forget_idempotency_keys().await.unwrap();
    ends(&stack, "saved", "completed").await;
    assert_eq!(calls(&stack, "confirm_payment_intent").await.len(), 1);
}

#[rstest]
#[case::at_once("0s")]
#[case::later("4s")]
#[tokio::test]
async fn a_creation_whose_500_is_replayed_is_found_in_the_list(#[case] rolls_forward_after: &str) {
    let stack = stack().await;
    let saved = json!({ "on": "create_payment_intent", "kind": { "status": 500 }, "saved": true,
        "rolls_forward_after": rolls_forward_after });
    fault(&stack, "saved", saved).await;
    charge(&stack, "saved").await;
    ends(&stack, "saved", "completed").await;
    payment(&stack, "saved").await;
}

/// No client of ours starts it so. Its payment is not on the first page of the list any more.
#[tokio::test]
async fn a_start_of_the_same_id_after_its_key_was_forgotten_charges_nothing_more() {
    let stack = stack().await;
    let order = paid(&stack, "again", "pm_card_visa").await;
    let asked = in_osh(OperationKind::ExtraPayment, "again", &order);
    let input = asked.input().to_string();
    start(&stack, asked).await;
    ends(&stack, "again", "completed").await;
    let later: Vec<String> = (1..=10).map(|n| format!("later-{n}")).collect();
    for id in &later {
        start(&stack, in_osh(OperationKind::ExtraPayment, id, &order)).await;
    }
    for id in &later {
        ends(&stack, id, "completed").await;
    }
    let stripe = stack.stripe().unwrap();
    stripe.forget_idempotency_keys().await.unwrap();
    start_raw(&stack, "process_extra_payment", "again", &input).await;
    ends(&stack, "again", "completed").await;
    assert_eq!(calls(&stack, "create_payment_intent").await.len(), 11);
    let lists = calls(&stack, "list_payment_intents").await;
    let last = lists.last().unwrap();
    assert!(last["parameters"]["starting_after"].is_string(), "{last}");
    assert_eq!(stripe.ledger("again").await.unwrap().len(), 1);
}

/// An earlier start may have made a PaymentIntent, which was not looked at.
#[tokio::test]
async fn a_refused_search_for_an_earlier_one_refuses_no_payment() {
    let stack = stack().await;
    let refused = json!({ "on": "list_payment_intents", "kind": { "status": 400 } });
    stack.stripe().unwrap().add_fault(&refused).await.unwrap();
    charge(&stack, "searched").await;
    ends(&stack, "searched", "completed").await;
    assert_eq!(calls(&stack, "list_payment_intents").await.len(), 2);
}

/// It would be charged as it is, so it is not confirmed.
#[rstest]
#[case::another_request("other_request")]
#[case::another_amount("other_amount")]
#[case::another_currency("other_currency")]
#[tokio::test]
async fn a_payment_that_was_created_as_another_is_never_confirmed(#[case] kind: &str) {
    let stack = stack().await;
    let lie = json!({ "on": "create_payment_intent", "kind": kind, "times": 0 });
    fault(&stack, "other", lie).await;
    charge(&stack, "other").await;
    needs_attention(&stack, "other", "asked").await;
    is_asked_about(&stack, "other").await;
    assert!(calls(&stack, "confirm_payment_intent").await.is_empty());
    let moved = stack.stripe().unwrap().ledger("other").await.unwrap();
    assert!(moved.is_empty(), "{moved:?}");
}

#[tokio::test]
async fn an_original_payment_that_stripe_does_not_know_is_refused() {
    let stack = stack().await;
    let asked = Operation::new(OperationKind::ExtraPayment, "none").in_city("KG", "Osh");
    start(&stack, asked.paid_by("pi_unknown")).await;
    let result = ends(&stack, "none", "rejected").await;
    assert_eq!(result["decline_code"], "resource_missing");
}
