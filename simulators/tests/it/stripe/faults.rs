//! What goes wrong on the wire, and what it leaves behind.

use reqwest::Method;
use serde_json::json;

use super::account::{Account, text};

async fn try_refund(account: &Account) -> reqwest::Result<reqwest::Response> {
    let fields = [
        ("payment_intent", text(&account.order["payment_intent"])),
        ("amount", "100"),
        ("metadata[request_id]", "r-1"),
    ];
    account.try_post("/v1/refunds", "r-1:refund", &fields).await
}

#[tokio::test]
async fn an_answer_is_lost_after_the_work_or_the_call_before_it() {
    for (executed, movements) in [(true, 1), (false, 0)] {
        let account = Account::start(json!({})).await;
        let fault = json!({ "on": "create_refund", "kind": "reset", "executed": executed });
        account.fault(fault).await;
        assert!(try_refund(&account).await.is_err());
        assert_eq!(account.movements("r-1").await, movements);
        // The repeat settles it.
        let again = account.refund("r-1", "100").await;
        assert_eq!((again.status, again.is_replayed()), (200, executed));
        assert_eq!(account.movements("r-1").await, 1);
    }
}

#[tokio::test]
async fn a_call_that_arrives_late_finds_its_key_used() {
    let account = Account::start(json!({})).await;
    let fault = json!({ "on": "create_refund", "kind": "reset", "arrives_after": "3s" });
    account.fault(fault).await;
    assert!(try_refund(&account).await.is_err());
    assert!(!account.refund("r-1", "100").await.is_replayed());
    account
        .wait_until("/sim/journal", |journal| {
            journal.as_array().unwrap().last().unwrap()["replayed"] == true
        })
        .await;
    assert_eq!(account.movements("r-1").await, 1);
}

#[tokio::test]
async fn statuses_come_without_execution_and_are_not_recorded() {
    let account = Account::start(json!({})).await;
    let answers = [
        (json!({ "status": 409 }), "idempotency_key_in_use"),
        (json!({ "status": 429, "retry_after": 2 }), "rate_limit"),
        (json!({ "status": 429 }), "rate_limit"),
        (json!({ "status": 424 }), "none"),
    ];
    for (kind, code) in answers {
        let fault = json!({ "on": "create_refund", "kind": kind, "should_retry": false });
        account.fault(fault).await;
        let answer = account.refund("r-1", "100").await;
        assert_eq!(kind["status"], answer.status);
        assert_eq!(answer.error("code"), code);
        let has_pause = answer.headers.contains_key("retry-after");
        assert_eq!(has_pause, kind.get("retry_after").is_some());
        assert_eq!(answer.headers["stripe-should-retry"], "false");
    }
    assert_eq!(account.movements("r-1").await, 0);
    assert!(!account.refund("r-1", "100").await.is_replayed());
}

#[tokio::test]
async fn a_saved_500_may_also_be_rolled_back() {
    let account = Account::start(json!({})).await;
    let fault = json!({ "on": "create_refund", "kind": { "status": 500 }, "saved": true });
    account.fault(fault).await;
    assert_eq!(account.refund("r-1", "100").await.status, 500);
    let again = account.refund("r-1", "100").await;
    assert_eq!((again.status, again.is_replayed()), (500, true));
    assert_eq!(account.movements("r-1").await, 0);
}

#[tokio::test]
async fn a_gateway_s_error_hides_the_answer_even_of_a_repeat() {
    let account = Account::start(json!({})).await;
    let fault = json!({
        "on": "create_refund", "kind": { "status": 502, "body": "html" },
        "executed": true, "times": 2,
    });
    account.fault(fault).await;
    for _ in 0..2 {
        let answer = try_refund(&account).await.unwrap();
        assert_eq!(answer.status(), 502);
        assert!(!answer.headers().contains_key("idempotent-replayed"));
    }
    assert!(account.refund("r-1", "100").await.is_replayed());
    assert_eq!(account.movements("r-1").await, 1);
}

#[tokio::test]
async fn a_fault_is_for_one_request_and_counts_its_calls() {
    let account = Account::start(json!({})).await;
    let id = account.create("r-1").await.id().to_owned();
    let other = account.create("r-2").await.id().to_owned();
    let fault = json!({
        "on": "retrieve_payment_intent", "request_id": "r-1",
        "kind": { "status": 503 }, "skip": 1, "times": 1,
    });
    let faults = json!({ "faults": [fault] });
    account.tell(Method::PUT, "/sim/faults", faults).await;
    let mut statuses = Vec::new();
    for id in [&id, &other, &id, &other, &id] {
        let path = format!("/v1/payment_intents/{id}");
        statuses.push(account.get(&path).await.status);
    }
    assert_eq!(statuses, [200, 200, 503, 200, 200]);
}

#[tokio::test]
async fn an_answer_can_be_about_something_else() {
    let account = Account::start(json!({})).await;
    let id = account.create("r-1").await.id().to_owned();
    let lies = [
        ("other_request", "/metadata/request_id"),
        ("other_id", "/id"),
        ("other_amount", "/amount"),
        ("other_currency", "/currency"),
        ("unknown_status", "/status"),
    ];
    let truth = account.retrieve(&id).await;
    for (kind, field) in lies {
        let fault = json!({ "on": "retrieve_payment_intent", "kind": kind });
        account.fault(fault).await;
        let lie = account.retrieve(&id).await;
        assert_ne!(lie.pointer(field), truth.pointer(field));
    }
    assert_eq!(account.retrieve(&id).await, truth);
}
