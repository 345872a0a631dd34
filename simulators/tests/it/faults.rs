//! Each fault has the described effect on a real connection.

use std::time::{Duration, Instant};

use reqwest::Response;
use serde_json::{Value, json};
use simulators::partner::OperationType::Payment;

use crate::merchant::Merchant;

/// Submits with one fault on the submission and returns what the client got.
async fn submit_with(mut fault: Value) -> (Merchant, reqwest::Result<Response>) {
    let merchant =
        Merchant::start(json!({ "completes_after": "0s", "callback": { "when": "never" } })).await;
    fault["on"] = json!("submit");
    merchant.set("r-1", json!({ "faults": [fault] })).await;
    let answer = merchant.submit(Payment, "o-1", json!({})).await;
    (merchant, answer)
}

fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text += &format!(": {cause}");
        source = cause.source();
    }
    text
}

#[tokio::test]
async fn reset_with_and_without_execution() {
    for executed in [true, false] {
        let (merchant, answer) =
            submit_with(json!({ "kind": "reset", "executed": executed })).await;
        let error = causes(&answer.unwrap_err());
        assert!(error.contains("reset by peer"), "{error}");
        assert_eq!(merchant.movements("r-1").await, usize::from(executed));
        let journal = merchant.read("/sim/journal").await;
        assert_eq!(journal[1]["fault"], "reset");
        assert_eq!(journal[1]["executed"], executed);
        // The fault is used up.
        let found = merchant.status("o-1", "r-1").await.unwrap().status();
        assert_eq!(found, if executed { 200 } else { 404 });
    }
}

#[tokio::test]
async fn half_an_answer() {
    let (merchant, answer) = submit_with(json!({ "kind": "half_answer" })).await;
    let mut response = answer.unwrap();
    assert_eq!(response.status(), 202);
    let promised = response.content_length().unwrap() as usize;
    let mut got = Vec::new();
    let error = loop {
        match response.chunk().await {
            Ok(Some(chunk)) => got.extend_from_slice(&chunk),
            Ok(None) => panic!("a whole answer"),
            Err(error) => break error,
        }
    };
    assert_eq!(got.len(), promised / 2, "{error:?}");
    assert_eq!(merchant.movements("r-1").await, 0);
}

#[tokio::test]
async fn silence_lasts_and_the_operation_runs() {
    let merchant = Merchant::start(json!({ "completes_after": "0s" })).await;
    let fault = json!({ "on": "submit", "kind": "silence", "executed": true });
    merchant.set("r-1", json!({ "faults": [fault] })).await;
    let submission = merchant.submit(Payment, "o-1", json!({}));
    let silence = tokio::time::timeout(Duration::from_secs(3), submission);
    assert!(silence.await.is_err());
    assert_eq!(merchant.movements("r-1").await, 1);
}

#[tokio::test]
async fn a_drip_is_the_right_answer_byte_by_byte() {
    let (merchant, answer) = submit_with(json!({ "kind": "drip" })).await;
    let started = Instant::now();
    let mut response = answer.unwrap();
    let first = response.chunk().await.unwrap().unwrap();
    let second = response.chunk().await.unwrap().unwrap();
    assert_eq!((&first[..], second.len()), (&b"{"[..], 1));
    assert!(started.elapsed() >= Duration::from_millis(1900));
    assert_eq!(merchant.movements("r-1").await, 1);
}

#[tokio::test]
async fn a_slow_answer_is_the_right_one_late() {
    let (merchant, answer) = submit_with(json!({ "kind": { "slow": "300ms" } })).await;
    assert_eq!(answer.unwrap().status(), 200);
    assert_eq!(merchant.movements("r-1").await, 1);
    let slow = json!({ "on": "status", "kind": { "slow": "300ms" } });
    merchant.set("r-2", json!({ "faults": [slow] })).await;
    let begun = Instant::now();
    let answer = merchant.status("o-1", "r-2").await.unwrap();
    assert_eq!(answer.status(), 404);
    assert!(begun.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn bodies_that_cannot_be_read() {
    let (_merchant, answer) = submit_with(json!({ "kind": "garbage" })).await;
    let response = answer.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.json::<Value>().await.unwrap_err().is_decode());

    let (_merchant, answer) = submit_with(json!({ "kind": "html_200" })).await;
    let response = answer.unwrap();
    assert_eq!(response.status(), 200);
    let kind = response.headers()["content-type"].to_str().unwrap();
    assert!(kind.starts_with("text/html"));
    let page = response.text().await.unwrap();
    assert!(page.starts_with("<!doctype html>"));

    let (_merchant, answer) = submit_with(json!({ "kind": "huge_body" })).await;
    assert!(answer.unwrap().bytes().await.unwrap().len() > 10_000_000);
}

#[tokio::test]
async fn statuses_with_their_bodies_and_headers() {
    let limited = json!({ "kind": { "status": 429, "retry_after": 7 } });
    let (_merchant, answer) = submit_with(limited).await;
    let response = answer.unwrap();
    assert_eq!(response.status(), 429);
    assert_eq!(response.headers()["retry-after"], "7");
    let error: Value = response.json().await.unwrap();
    assert_eq!(error["code"], "rate_limited");

    for (kind, part) in [
        (json!({ "status": 404, "body": "html" }), "<h1>"),
        (
            json!({ "status": 410, "code": "session_used" }),
            r#""code":"session_used""#,
        ),
    ] {
        let (_merchant, answer) = submit_with(json!({ "kind": kind })).await;
        assert!(answer.unwrap().text().await.unwrap().contains(part));
    }
    let empty = json!({ "kind": { "status": 200, "body": "empty" } });
    let (_merchant, answer) = submit_with(empty).await;
    assert_eq!(answer.unwrap().bytes().await.unwrap().len(), 0);

    let executed = json!({ "kind": { "status": 503 }, "executed": true });
    let (merchant, answer) = submit_with(executed).await;
    assert_eq!(answer.unwrap().status(), 503);
    assert_eq!(merchant.movements("r-1").await, 1);
}

#[tokio::test]
async fn a_followed_redirect_leaves_a_trace() {
    for kind in [json!("redirect"), json!({ "status": 302 })] {
        let (merchant, answer) = submit_with(json!({ "kind": kind })).await;
        let response = answer.unwrap();
        assert!(response.status().is_redirection());
        let location = response.headers()["location"].to_str().unwrap();
        merchant
            .http
            .post(merchant.server.url() + location)
            .send()
            .await
            .unwrap();
        assert_eq!(merchant.read("/sim/journal").await[2]["path"], "/elsewhere");
    }
}

#[tokio::test]
async fn lies_change_one_field_of_the_right_answer() {
    for (lie, field, value) in [
        ("other_request", "requestId", "another-request"),
        ("other_amount", "amount", "1125.50"),
        ("other_currency", "currency", "USD"),
        ("other_kind", "kind", "REVERSAL"),
        ("unknown_status", "status", "SETTLING"),
    ] {
        let (merchant, answer) = submit_with(json!({ "kind": lie })).await;
        let mut told: Value = answer.unwrap().json().await.unwrap();
        assert_eq!(told[field], value);
        let truth = merchant.state("o-1", "r-1").await;
        told[field] = truth[field].clone();
        assert_eq!(told, truth);
        assert_eq!(merchant.movements("r-1").await, 1);
    }
}

#[tokio::test]
async fn faults_on_sessions_and_on_status() {
    let merchant = Merchant::start(json!({})).await;
    let fault = json!({ "on": "init_session", "kind": { "status": 503 } });
    let body = json!({ "order_id": "o-1", "scenario": { "faults": [fault] } });
    merchant.control("PUT /sim/scenarios", body).await;
    let open = json!({ "orderId": "o-1", "operation": "PAYMENT" }).to_string();
    for expected in [503, 200] {
        let opened = merchant
            .signed(Payment, "/v1/initSession", &open)
            .await
            .unwrap();
        assert_eq!(opened.status(), expected);
    }

    let fault = json!({ "on": "status", "kind": "reset", "skip": 1, "times": 2 });
    merchant.set("r-1", json!({ "faults": [fault] })).await;
    for answered in [true, false, false, true] {
        assert_eq!(merchant.status("o-1", "r-1").await.is_ok(), answered);
    }
}
