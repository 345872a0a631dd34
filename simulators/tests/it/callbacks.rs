//! Callbacks: retried until accepted, repeated, early, wrong, by hand.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use simulators::{partner::OperationType::Payment, server::Server};

use crate::{merchant::Merchant, receiver::Receiver};

fn to(receiver: &Server) -> Value {
    json!({ "paymentCompletedCallbackUrl": format!("{}/taken?token=secret", receiver.url()) })
}

/// What is told of the attempts, once there are so many: of each it is told after its answer.
async fn attempts(merchant: &Merchant, count: usize) -> Vec<Value> {
    for _ in 0..400 {
        let attempts = merchant.read("/sim/callbacks").await;
        let attempts = attempts.as_array().unwrap();
        if attempts.len() >= count {
            return attempts.clone();
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("not {count} attempts are told of");
}

#[tokio::test]
async fn retried_with_growing_pauses_until_taken() {
    let merchant = Merchant::start(json!({ "completes_after": "0s" })).await;
    let (receiver, server) = Receiver::start(&[500, 302]).await;
    let started = Instant::now();
    merchant.submit(Payment, "o-1", to(&server)).await.unwrap();
    receiver.wait_for(3).await;
    assert!(started.elapsed() >= Duration::from_secs(3), "1 s, then 2 s");
    let expected = vec![json!({ "request_id": "r-1" }); 3];
    assert_eq!(receiver.bodies(), expected);
    let content_type = receiver.received.lock().unwrap()[0].0["content-type"].clone();
    assert_eq!(content_type, "application/json");

    let attempts = attempts(&merchant, 3).await;
    let statuses: Vec<_> = attempts.iter().map(|one| &one["status"]).collect();
    assert_eq!(statuses, [500, 302, 200]);
    assert!(!json!(attempts).to_string().contains("secret"));
}

#[tokio::test]
async fn gone_ends_the_retries() {
    let merchant = Merchant::start(json!({ "completes_after": "0s" })).await;
    let (receiver, server) = Receiver::start(&[410]).await;
    merchant.submit(Payment, "o-1", to(&server)).await.unwrap();
    receiver.wait_for(1).await;
    tokio::time::sleep(Duration::from_millis(1300)).await;
    assert_eq!(receiver.count(), 1);
}

#[tokio::test]
async fn before_the_answer_it_was_taken_and_money_moved() {
    let merchant = Merchant::start(json!({ "callback": { "when": "before_answer" } })).await;
    let (receiver, server) = Receiver::start(&[]).await;
    let response = merchant.submit(Payment, "o-1", to(&server)).await.unwrap();
    assert_eq!(receiver.count(), 1);
    let state: Value = response.json().await.unwrap();
    assert_eq!(state["status"], "COMPLETED");
    assert_eq!(merchant.movements("r-1").await, 1);
}

#[tokio::test]
async fn repeated_at_once_with_a_wrong_id() {
    let callback = json!({ "times": 50, "concurrent": true, "wrong_request_id": "r-9" });
    let merchant = Merchant::start(json!({ "completes_after": "0s", "callback": callback })).await;
    let (receiver, server) = Receiver::start(&[]).await;
    merchant.submit(Payment, "o-1", to(&server)).await.unwrap();
    receiver.wait_for(50).await;
    let bodies = receiver.bodies();
    assert!(bodies.iter().all(|body| body["request_id"] == "r-9"));
}

#[tokio::test]
async fn lost_then_sent_by_hand() {
    let callback = json!({ "when": "never" });
    let merchant = Merchant::start(json!({ "completes_after": "0s", "callback": callback })).await;
    let (receiver, server) = Receiver::start(&[]).await;
    merchant.submit(Payment, "o-1", to(&server)).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(receiver.count(), 0);

    let sent = merchant
        .control("POST /sim/callbacks/r-1", json!({ "times": 3 }))
        .await;
    let sent: Value = sent.json().await.unwrap();
    assert_eq!(sent["answered"], json!([200, 200, 200]));
    assert_eq!(receiver.count(), 3);
    let unknown = merchant.control("POST /sim/callbacks/r-2", json!({})).await;
    assert_eq!(unknown.status(), 404);
}
