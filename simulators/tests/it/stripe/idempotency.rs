//! Idempotency keys: a replay is a recording, not the state.

use reqwest::Method;
use serde_json::{Value, json};

use super::account::{Account, text};

#[tokio::test]
async fn a_repeat_gets_the_first_answer_and_moves_nothing() {
    let account = Account::start(json!({})).await;
    let created = account.create("r-1").await;
    account.confirm(created.id(), "r-1:confirm").await;

    let again = account.create("r-1").await;
    assert!(again.is_replayed() && !created.is_replayed());
    assert_eq!(again.body, created.body);
    assert_eq!(again.body["status"], "requires_confirmation");
    let intent = account.retrieve(created.id()).await;
    assert_eq!(intent["status"], "succeeded");

    let first = account.refund("r-2", "9990").await;
    let second = account.refund("r-2", "9990").await;
    assert_eq!(first.id(), second.id());
    assert_eq!(account.movements("r-2").await, 1);
}

#[tokio::test]
async fn a_decline_is_recorded_too() {
    let account = Account::start(json!({})).await;
    account.card("r-1", "pm_card_visa_chargeDeclined").await;
    let id = account.create("r-1").await.id().to_owned();
    assert_eq!(account.confirm(&id, "k").await.status, 402);
    account.card("r-1", "pm_card_visa").await;
    let again = account.confirm(&id, "k").await;
    assert_eq!(again.status, 402);
    assert!(again.is_replayed());
}

#[tokio::test]
async fn a_key_is_for_one_call() {
    let account = Account::start(json!({})).await;
    let created = account.create("r-1").await;
    let other_amount = account.create_with("r-1", "kgs", "12551").await;
    assert_eq!(other_amount.status, 400);
    assert_eq!(other_amount.error("type"), "idempotency_error");
    let other_endpoint = account.confirm(created.id(), "r-1:create").await;
    assert_eq!(other_endpoint.status, 400);
    assert_eq!(other_endpoint.error("type"), "idempotency_error");
    assert_eq!(account.create("r-1").await.id(), created.id());
}

#[tokio::test]
async fn only_one_call_with_a_key_runs() {
    let account = Account::start(json!({})).await;
    account
        .fault(json!({ "on": "create_refund", "takes": "2s", "times": 0 }))
        .await;
    let (one, other) = tokio::join!(account.refund("r-1", "100"), account.refund("r-1", "100"));
    let (first, refused) = if one.status == 200 {
        (one, other)
    } else {
        (other, one)
    };
    assert_eq!(refused.status, 409);
    assert_eq!(refused.error("code"), "idempotency_key_in_use");
    // The 409 was not recorded.
    assert_eq!(account.refund("r-1", "100").await.id(), first.id());
    assert_eq!(account.movements("r-1").await, 1);
}

#[tokio::test]
async fn a_failed_validation_is_not_recorded() {
    let account = Account::start(json!({})).await;
    assert_eq!(account.refund("r-1", "1.5").await.status, 400);
    let valid = account.refund("r-1", "150").await;
    assert!(!valid.is_replayed());
    assert_eq!(valid.status, 200);
}

#[tokio::test]
async fn a_refusal_by_the_state_is_recorded() {
    let account = Account::start(json!({})).await;
    assert_eq!(account.refund("r-1", "100001").await.status, 400);
    assert!(account.refund("r-1", "100001").await.is_replayed());
}

#[tokio::test]
async fn a_forgotten_key_moves_the_money_again() {
    let account = Account::start(json!({})).await;
    let first = account.refund("r-1", "100").await;
    account
        .tell(Method::DELETE, "/sim/idempotency-keys", json!({}))
        .await;
    assert_ne!(account.refund("r-1", "100").await.id(), first.id());
    assert_eq!(account.movements("r-1").await, 2);
}

#[tokio::test]
async fn a_saved_500_is_replayed_though_stripe_carries_the_call_out() {
    let account = Account::start(json!({})).await;
    account
        .fault(json!({
            "on": "create_refund", "kind": { "status": 500 }, "saved": true,
            "rolls_forward_after": "100ms",
        }))
        .await;
    assert_eq!(account.refund("r-1", "100").await.status, 500);
    let moved = |ledger: &Value| ledger.as_array().unwrap().len() == 1;
    let path = "/sim/ledger?request_id=r-1";
    account.wait_until(path, moved).await;
    let again = account.refund("r-1", "100").await;
    assert_eq!((again.status, again.is_replayed()), (500, true));
    assert_eq!(again.error("type"), "api_error");

    // It is found in the list.
    let intent = text(&account.order["payment_intent"]);
    let path = format!("/v1/refunds?payment_intent={intent}&limit=20");
    let listed = account.get(&path).await.body;
    assert_eq!(listed["data"][0]["metadata"]["request_id"], "r-1");
}
