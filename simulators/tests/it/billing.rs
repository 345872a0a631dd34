//! Billing: once per key, according to `docs/api/billing.yaml`, with its faults.

use std::{
    fs,
    time::{Duration, Instant},
};

use serde_json::json;

use crate::biller::{Billing, payment};

#[tokio::test]
async fn recorded_once_per_key() {
    let billing = Billing::start().await;
    let mut results = Vec::new();
    for _ in 0..3 {
        results.push(billing.recorded().await);
    }
    assert_eq!(results[0], results[1]);
    assert_eq!(results[0], results[2]);

    let mut other = payment();
    other["amount"] = json!("125.51");
    assert_eq!(billing.status("first-token", "r-1", &other).await, 409);

    let documents = billing.documents().await;
    assert_eq!(documents.len(), 1);
    let id = &results[0]["billing_document_id"];
    assert_eq!(documents[0]["billing_document_id"], *id);
    assert_eq!(documents[0]["repeats"], 2);
    assert_eq!(documents[0]["amount"], "125.50");
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
        let status = billing.status("first-token", "r-1", &body).await;
        assert_eq!(status, 400, "{field}");
    }
    let status = async |token, key| billing.status(token, key, &payment()).await;
    assert_eq!(status("first-token", "r-2").await, 400);
    assert_eq!(status("another-token", "r-1").await, 401);

    fs::write(&billing.token_file, "second-token").unwrap();
    assert_eq!(billing.record().await.unwrap().status(), 401);
    assert!(billing.documents().await.is_empty());
    assert_eq!(status("second-token", "r-1").await, 200);
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
    let away = billing.record().await.unwrap();
    assert_eq!(away.headers()["retry-after"], "9");
    billing.fault(json!({ "kind": "html_200" })).await;
    let page = billing.record().await.unwrap().text().await.unwrap();
    assert!(page.starts_with('<'));
    billing.fault(json!({ "kind": "silence" })).await;
    let silence = tokio::time::timeout(Duration::from_millis(300), billing.record());
    assert!(silence.await.is_err());
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
    assert_eq!(billing.recorded().await["amount"], "987654321");
}

#[tokio::test]
async fn down_until_it_is_up() {
    let billing = Billing::start().await;
    billing.put("/sim/down", json!({ "down": true })).await;
    assert_eq!(billing.record().await.unwrap().status(), 503);
    billing.put("/sim/down", json!({ "down": false })).await;
    assert_eq!(billing.record().await.unwrap().status(), 200);
    let journal = billing.read("/sim/journal").await;
    let statuses: Vec<_> = journal.iter().map(|entry| &entry["status"]).collect();
    assert_eq!(statuses, [503, 200]);
}
