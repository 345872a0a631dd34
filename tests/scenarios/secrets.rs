//! What must not be written down: secrets nowhere, and a rider's data not where many people look.

use std::fs;

use harness::Stack;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use crate::books::{
    charge, ends, events, fault, give_back, history, input, reaches, set_custom_scenario,
    set_scenario, start_raw, until,
};
use crate::collector::Collector;

/// What an answer or a callback may say about a rider without being asked.
const RIDER: &str = "A. Rider, +996 555 010203";

/// What might be left of it. Six digits alone may be in a span's id by chance.
const PARTS: [&str; 2] = ["Rider", "555 010203"];

/// Where the ride was, which procaas tells for the routes.
const CITY: &str = "City-of-the-ride";

#[tokio::test]
async fn no_session_token_or_key_is_in_any_history_log_metric_or_span() {
    let collector = Collector::start(0).await.unwrap();
    let stack = collector.followed().start().await.unwrap();
    set_scenario(&stack, "open", "answer_lost_after_charge").await;
    let fault = json!({ "kind": { "status": 401 }, "request_id": "billed" });
    stack.billing().set_faults(json!([fault])).await.unwrap();
    for id in ["plain", "open", "billed"] {
        charge(&stack, id).await;
    }
    give_back(&stack, "back").await;
    let mut written = String::new();
    for id in ["plain", "open", "billed", "back"] {
        if id == "billed" {
            stack.payments_output(&["check-now", id]).await.unwrap();
        }
        ends(&stack, id, "completed").await;
        written += &history(&stack, id).await;
    }
    written += &logs_metrics_and_spans(&stack, &collector).await;

    let secrets = secrets(&stack).await;
    let count = secrets.len();
    assert!(count > 15, "only {count} secrets to look for");
    for secret in secrets {
        let beginning = &secret[..6];
        assert!(!written.contains(&secret), "it was written: {beginning}...");
    }
}

#[tokio::test]
async fn nothing_of_a_rider_is_in_any_search_attribute_summary_detail_log_metric_or_span() {
    let collector = Collector::start(0).await.unwrap();
    let stack = collector.followed().start().await.unwrap();
    let waits = json!({
        "never_completes": true, "callback": { "when": "never" },
        "faults": [{ "on": "submit", "kind": { "status": 429, "message": RIDER } }],
    });
    set_custom_scenario(&stack, "ride", waits).await;
    let kind = json!({ "status": 503, "message": RIDER });
    let fault_of_billing = json!({ "kind": kind, "request_id": "ride" });
    let faults = json!([fault_of_billing]);
    stack.billing().set_faults(faults).await.unwrap();
    let mut asked: Value = serde_json::from_str(&input("ride")).unwrap();
    asked["city"] = json!(CITY);
    let asked = asked.to_string();
    start_raw(&stack, "process_extra_payment", "ride", &asked).await;
    reaches(&stack, "ride", "awaiting_completion").await;
    call_back(&stack, json!({ "request_id": "ride", "rider": RIDER })).await;
    stack.partner().finish("ride").await.unwrap();
    ends(&stack, "ride", "completed").await;

    let kind = json!({ "status": 422, "code": RIDER, "message": RIDER });
    fault(&stack, "refused", json!({ "on": "submit", "kind": kind })).await;
    give_back(&stack, "refused").await;
    ends(&stack, "refused", "rejected").await;

    let ride = history(&stack, "ride").await;
    assert!(ride.contains(CITY), "the input has it");
    assert!(!ride.contains(RIDER));
    assert!(!history(&stack, "refused").await.contains(RIDER));
    let mut in_sight = logs_metrics_and_spans(&stack, &collector).await;
    for id in ["sky-payment-ride", "sky-payment-refused"] {
        let metadata = ["workflow", "metadata", "-w", id];
        in_sight += &stack.temporal().cli(&metadata).await.unwrap().to_string();
        attributes_and_summaries(&events(&stack, id).await.unwrap(), &mut in_sight);
    }
    for shown in ["SkyOrderId", "bill 125.50 KGS", "What happens next"] {
        assert!(in_sight.contains(shown), "{shown} is looked through");
    }
    for personal in PARTS.into_iter().chain([CITY]) {
        assert!(!in_sight.contains(personal), "{personal} is in sight");
    }
}

/// A callback of the partner to the last address that it was given, which must be accepted.
async fn call_back(stack: &Stack, body: Value) {
    let issued = stack.partner().secrets().await.unwrap();
    let addresses = issued["callback_addresses"].as_array().unwrap();
    let address = addresses.last().unwrap().as_str().unwrap();
    let callback = stack.http().post(address).body(body.to_string());
    let callback = callback.header(CONTENT_TYPE, "application/json");
    assert_eq!(callback.send().await.unwrap().status(), 200);
}

/// What the worker and the gateway logged, count, and exported; what the client exported.
async fn logs_metrics_and_spans(stack: &Stack, collector: &Collector) -> String {
    let services = ["sky-payments", "sky-worker", "sky-callback-gateway"];
    until("all have exported spans", async || {
        let spans = collector.spans();
        let has = |service| spans.iter().any(|span| span.service == service);
        services.into_iter().all(has).then_some(())
    })
    .await;
    // The simulators' own logs are the other side's.
    let ours = |line: &&str| !line.starts_with("partner") && !line.starts_with("billing");
    let logs = stack.logs().unwrap();
    let mut written: String = logs.lines().filter(ours).collect();
    let worker = stack.worker_private_url().unwrap();
    for private in [&worker, stack.gateway_private_url()] {
        let metrics = stack.http().get(format!("{private}/metrics"));
        written += &metrics.send().await.unwrap().text().await.unwrap();
    }
    written + &collector.exported()
}

/// Every search attribute, summary and detail that stands in a history's events.
fn attributes_and_summaries(value: &Value, found: &mut String) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match name.as_str() {
                    "searchAttributes" | "userMetadata" => *found += &value.to_string(),
                    _ => attributes_and_summaries(value, found),
                }
            }
        }
        Value::Array(values) => {
            for value in values {
                attributes_and_summaries(value, found);
            }
        }
        _ => {}
    }
}

/// All that is secret: what the partner was given and gave, and what stands in our files.
async fn secrets(stack: &Stack) -> Vec<String> {
    let issued = stack.partner().secrets().await.unwrap();
    let texts = |name: &str| issued[name].as_array().unwrap().iter();
    let sessions = texts("session_ids").map(|id| id.as_str().unwrap().to_owned());
    let mut secrets: Vec<String> = sessions.collect();
    for address in texts("callback_addresses") {
        let (_, token) = address.as_str().unwrap().split_once("token=").unwrap();
        secrets.push(token.to_owned());
    }
    for file in [
        "callback-secret",
        "billing-token",
        "keys/pay-1.pem",
        "keys/rev-1.pem",
    ] {
        let text = fs::read_to_string(stack.folder().join(file)).unwrap();
        let lines = text.lines().filter(|line| !line.contains("PRIVATE KEY"));
        secrets.extend(lines.map(str::to_owned));
    }
    secrets.retain(|secret| secret.len() > 8);
    secrets
}
