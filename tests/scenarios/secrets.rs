//! What must stand in no history and in no log.

use std::fs;

use serde_json::json;

use crate::books::{charge, ends, give_back, history, stack};

#[tokio::test]
async fn no_session_token_or_key_is_in_any_history_or_log() {
    let stack = stack().await;
    stack
        .partner()
        .set_scenario("open", "answer_lost_after_charge")
        .await
        .unwrap();
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
    // The simulators' own logs are the other side's.
    let ours = |line: &&str| !line.starts_with("partner") && !line.starts_with("billing");
    written.extend(stack.logs().unwrap().lines().filter(ours));

    let mut secrets: Vec<String> = Vec::new();
    let issued = stack.partner().secrets().await.unwrap();
    let texts = |list: &serde_json::Value| -> Vec<String> {
        list.as_array()
            .unwrap()
            .iter()
            .map(|text| text.as_str().unwrap().to_owned())
            .collect()
    };
    secrets.extend(texts(&issued["session_ids"]));
    for address in texts(&issued["callback_addresses"]) {
        secrets.push(address.split_once("token=").unwrap().1.to_owned());
    }
    for file in [
        "callback-secret",
        "billing-token",
        "keys/pay-1.pem",
        "keys/rev-1.pem",
    ] {
        let text = fs::read_to_string(stack.folder().join(file)).unwrap();
        secrets.extend(
            text.lines()
                .filter(|line| !line.contains("PRIVATE KEY"))
                .map(str::to_owned),
        );
    }
    assert!(
        secrets.len() > 15,
        "only {} secrets to look for",
        secrets.len()
    );
    for secret in secrets.iter().filter(|secret| secret.len() > 8) {
        assert!(
            !written.contains(secret.as_str()),
            "a secret was written: {}...",
            &secret[..6]
        );
    }
}
