//! Billing: once per key, according to `docs/api/billing.yaml`, with its faults.

use std::{
    fs,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::biller::{Billing, payment};

#[tokio::test]
async fn recorded_once_per_key() {
    let billing = Billing::start().await;
    let mut results = Vec::new();
    for _ in 0..3 {
        results.push(
            billing
                .record()
                .await
                .unwrap()
                .json::<Value>()
                .await
                .unwrap(),
        );
    }
    assert_eq!(results[0], results[1]);
    assert_eq!(results[0], results[2]);

    let mut other = payment();
    other["amount"] = json!("125.51");
    assert_eq!(
        billing
            .send("first-token", "r-1", &other)
            .await
            .unwrap()
            .status(),
        409
    );

    let documents = billing.documents().await;
    assert_eq!(documents.len(), 1);
    assert_eq!(
        documents[0]["billing_document_id"],
        results[0]["billing_document_id"]
    );
    assert_eq!(
        (&documents[0]["repeats"], &documents[0]["amount"]),
        (&json!(2), &json!("125.50"))
    );
}

#[tokio::test]
async fn bad_bodies_keys_and_tokens() {
    let billing = Billing::start().await;
    for (field, value) in [
        ("more", json!(1)),
        ("amount", json!("125.5")),
        ("amount", json!("0.00")),
        ("currency", json!("kgs")),
        ("completed_at", json!("yesterday")),
        ("completed_at", json!("2026-11-24T14:00:00+0600")),
    ] {
        let mut body = payment();
        body[field] = value;
        let answer = billing.send("first-token", "r-1", &body).await.unwrap();
        assert_eq!(answer.status(), 400, "{field}");
    }
    assert_eq!(
        billing
            .send("first-token", "r-2", &payment())
            .await
            .unwrap()
            .status(),
        400
    );
    assert_eq!(
        billing
            .send("another-token", "r-1", &payment())
            .await
            .unwrap()
            .status(),
        401
    );

    fs::write(&billing.token_file, "second-token").unwrap();
    assert_eq!(billing.record().await.unwrap().status(), 401);
    assert!(billing.documents().await.is_empty());
    assert_eq!(
        billing
            .send("second-token", "r-1", &payment())
            .await
            .unwrap()
            .status(),
        200
    );
}

#[tokio::test]
async fn committed_and_then_failed() {
    for recorded in [true, false] {
        let billing = Billing::start().await;
        billing
            .fault(json!({ "kind": { "status": 500 }, "recorded": recorded }))
            .await;
        assert_eq!(billing.record().await.unwrap().status(), 500);
        assert_eq!(billing.documents().await.len(), usize::from(recorded));
        assert_eq!(billing.record().await.unwrap().status(), 200);
        assert_eq!(billing.documents().await[0]["repeats"], i32::from(recorded));
    }
}

#[tokio::test]
async fn faults_of_all_kinds() {
    let billing = Billing::start().await;
    billing.fault(json!({ "kind": "reset" })).await;
    assert!(billing.record().await.is_err());
    billing
        .fault(json!({ "kind": { "status": 503, "retry_after": 9 } }))
        .await;
    assert_eq!(
        billing.record().await.unwrap().headers()["retry-after"],
        "9"
    );
    billing.fault(json!({ "kind": "html_200" })).await;
    assert!(
        billing
            .record()
            .await
            .unwrap()
            .text()
            .await
            .unwrap()
            .starts_with('<')
    );
    billing.fault(json!({ "kind": "silence" })).await;
    assert!(
        tokio::time::timeout(Duration::from_millis(300), billing.record())
            .await
            .is_err()
    );
    assert!(billing.documents().await.is_empty());

    billing
        .fault(json!({ "kind": { "status": 500 }, "request_id": "r-2" }))
        .await;
    assert_eq!(billing.record().await.unwrap().status(), 200);
    billing.fault(json!({ "kind": { "slow": "300ms" } })).await;
    let started = Instant::now();
    assert_eq!(billing.record().await.unwrap().status(), 200);
    assert!(started.elapsed() >= Duration::from_millis(300));
    billing.fault(json!({ "kind": "other_amount" })).await;
    let lie: Value = billing.record().await.unwrap().json().await.unwrap();
    assert_eq!(lie["amount"], "987654321");
}

#[tokio::test]
async fn down_until_it_is_up() {
    let billing = Billing::start().await;
    billing.put("/sim/down", json!({ "down": true })).await;
    assert_eq!(billing.record().await.unwrap().status(), 503);
    billing.put("/sim/down", json!({ "down": false })).await;
    assert_eq!(billing.record().await.unwrap().status(), 200);
    let url = billing.server.url() + "/sim/journal";
    let journal: Value = billing
        .http
        .get(url)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(
        (&journal[0]["status"], &journal[1]["status"]),
        (&json!(503), &json!(200))
    );
}
