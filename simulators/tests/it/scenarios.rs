//! Scenarios: lags, flips, other amounts, presets, and which of them applies.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use simulators::partner::OperationType::Payment;

use crate::merchant::{Merchant, refusal};

#[tokio::test]
async fn status_lags_behind_acceptance() {
    let defaults = json!({ "completes_after": "0s", "status_lag": "3s" });
    let merchant = Merchant::start(defaults).await;
    merchant.submit(Payment, "o-1", json!({})).await.unwrap();
    let early = merchant.status("o-1", "r-1").await;
    assert_eq!(refusal(early).await, (404, "request_not_found".to_owned()));
    let late = merchant
        .status_after("request_not_found", "o-1", "r-1")
        .await;
    assert_eq!(late["status"], "COMPLETED");
}

#[tokio::test]
async fn acceptance_lags_behind_the_request() {
    let defaults = json!({ "completes_after": "0s", "executes_after": "3s" });
    let merchant = Merchant::start(defaults).await;
    let started = Instant::now();
    let accepted = merchant.submit(Payment, "o-1", json!({})).await.unwrap();
    assert_eq!(accepted.status(), 200);
    assert!(started.elapsed() >= Duration::from_secs(3));

    // With a fault the client knows at once that it has no answer.
    let fault = json!({ "on": "submit", "kind": "reset", "executed": true });
    merchant.set("r-2", json!({ "faults": [fault] })).await;
    merchant
        .submit(Payment, "o-1", json!({ "requestId": "r-2" }))
        .await
        .unwrap_err();
    assert_eq!(merchant.movements("r-2").await, 0);
    merchant
        .status_after("request_not_found", "o-1", "r-2")
        .await;
    assert_eq!(merchant.movements("r-2").await, 1);
}

#[tokio::test]
async fn a_client_that_leaves_does_not_undo_its_submission() {
    let defaults = json!({ "completes_after": "0s", "executes_after": "3s" });
    let merchant = Merchant::start(defaults).await;
    let submission = merchant.submit(Payment, "o-1", json!({}));
    let left = tokio::time::timeout(Duration::from_secs(2), submission);
    assert!(left.await.is_err());
    merchant
        .status_after("request_not_found", "o-1", "r-1")
        .await;
    assert_eq!(merchant.movements("r-1").await, 1);
}

#[tokio::test]
async fn a_final_answer_flips_and_the_ledger_stays() {
    let defaults = json!({ "completes_after": "0s", "final_answer_flips": true });
    let merchant = Merchant::start(defaults).await;
    let first = merchant.pay("o-1", json!({})).await;
    assert_eq!(first["status"], "COMPLETED");
    let then = merchant.state("o-1", "r-1").await;
    assert_eq!(then["status"], "DECLINED");
    assert_eq!(merchant.movements("r-1").await, 1);
}

#[tokio::test]
async fn an_operation_with_another_amount() {
    let defaults = json!({ "completes_after": "0s", "reports_amount": "130.00" });
    let merchant = Merchant::start(defaults).await;
    merchant.submit(Payment, "o-1", json!({})).await.unwrap();
    let state = merchant.state("o-1", "r-1").await;
    assert_eq!(state["amount"], "130.00");
    assert_eq!(merchant.read("/sim/ledger").await[0]["amount"], "130.00");
}

#[tokio::test]
async fn pending_until_finished_by_hand() {
    let merchant = Merchant::start(json!({ "never_completes": true })).await;
    merchant.submit(Payment, "o-1", json!({})).await.unwrap();
    let pending = merchant.state("o-1", "r-1").await;
    assert_eq!(pending["status"], "PENDING");
    for expected in [204, 409] {
        let told = merchant
            .control("POST /sim/operations/r-1/finish", json!({}))
            .await;
        assert_eq!(told.status(), expected);
    }
    let finished = merchant.status_after("PENDING", "o-1", "r-1").await;
    assert_eq!(finished["status"], "COMPLETED");
    assert_eq!(merchant.movements("r-1").await, 1);
}

#[tokio::test]
async fn the_request_s_scenario_then_the_order_s_then_the_default() {
    let merchant = Merchant::start(json!({ "completes_after": "0s", "decline": "default" })).await;
    let by_order = json!({ "order_id": "o-1", "scenario": { "decline": "order" } });
    merchant.control("PUT /sim/scenarios", by_order).await;
    merchant.set("r-1", json!({ "decline": "request" })).await;
    let code = async |order: &str, request: &str| {
        let state = merchant.pay(order, json!({ "requestId": request })).await;
        state["declineCode"].clone()
    };
    assert_eq!(code("o-1", "r-1").await, "request");
    assert_eq!(code("o-1", "r-2").await, "order");
    assert_eq!(code("o-2", "r-3").await, "default");

    let changed = json!({ "completes_after": "0s", "decline": "changed" });
    merchant
        .control("PUT /sim/scenarios/default", changed)
        .await;
    assert_eq!(code("o-2", "r-4").await, "changed");
    merchant.control("DELETE /sim/scenarios", json!({})).await;
    assert_eq!(code("o-1", "r-5").await, "default");
}

#[tokio::test]
async fn a_preset_by_name_and_a_mistake() {
    let merchant = Merchant::start(json!({})).await;
    let preset = json!({
        "request_id": "r-1",
        "name": "declined",
        "scenario": { "completes_after": "0s" },
    });
    let told = merchant.control("PUT /sim/scenarios", preset).await;
    let scenario: Value = told.json().await.unwrap();
    assert_eq!(scenario["decline"], "insufficient_funds");
    let state = merchant.pay("o-1", json!({})).await;
    assert_eq!(state["status"], "DECLINED");

    for mistake in [
        json!({ "request_id": "r-1", "name": "no such preset" }),
        json!({ "request_id": "r-1", "scenario": { "no_such_field": 1 } }),
        json!({ "scenario": {} }),
        json!({ "request_id": "r-1", "order_id": "o-1" }),
    ] {
        let told = merchant.control("PUT /sim/scenarios", mistake).await;
        assert_eq!(told.status(), 400);
    }
}
