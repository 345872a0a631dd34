//! Billing is told of a completed extra payment once, however it behaves.

use serde_json::json;

use crate::books::{charge, ends, reaches, stack, state};

#[tokio::test]
async fn billing_that_is_down_delays_the_end_and_loses_nothing() {
    let stack = stack().await;
    stack.billing().set_down(true).await.unwrap();
    charge(&stack, "down").await;
    let state = reaches(&stack, "down", "finalizing").await;
    assert_eq!(state["submitted"], true);
    // Past its deadline it is seen.
    reaches(&stack, "down", "needs_attention").await;
    stack.billing().set_down(false).await.unwrap();
    ends(&stack, "down", "completed").await;
}

#[tokio::test]
async fn billing_that_records_and_then_fails_records_once() {
    let stack = stack().await;
    let kinds = [
        ("s500", json!({ "status": 500 })),
        ("s503", json!({ "status": 503, "retry_after": 1 })),
        ("reset", json!("reset")),
        ("silence", json!("silence")),
        ("html", json!("html_200")),
    ];
    let faults: Vec<_> = kinds
        .iter()
        .map(|(id, kind)| json!({ "kind": kind, "recorded": true, "request_id": id }))
        .collect();
    stack.billing().set_faults(json!(faults)).await.unwrap();
    for (id, _) in &kinds {
        charge(&stack, id).await;
    }
    for (id, _) in &kinds {
        ends(&stack, id, "completed").await;
        assert!(
            stack.billing().documents(id).await.unwrap()[0].repeats >= 1,
            "{id}"
        );
    }
}

#[tokio::test]
async fn billing_that_is_slow_is_told_again_and_records_once() {
    let stack = stack().await;
    let slow = json!([{ "kind": { "slow": "3s" }, "request_id": "slow", "times": 2 }]);
    stack.billing().set_faults(slow).await.unwrap();
    charge(&stack, "slow").await;
    ends(&stack, "slow", "completed").await;
    assert_eq!(
        stack.billing().documents("slow").await.unwrap()[0].repeats,
        2
    );
}

#[tokio::test]
async fn billing_that_refuses_needs_attention_and_is_tried_at_once_by_check_now() {
    let stack = stack().await;
    for (id, status) in [("b400", 400), ("b401", 401), ("b403", 403), ("b409", 409)] {
        let fault = json!({ "kind": { "status": status }, "request_id": id });
        stack.billing().set_faults(json!([fault])).await.unwrap();
        charge(&stack, id).await;
        let state = reaches(&stack, id, "needs_attention").await;
        assert!(
            state["last_error"]
                .as_str()
                .unwrap()
                .contains("billing refuses"),
            "{state}"
        );
        let after = stack.payments(&["check-now", id]).await.unwrap();
        assert_eq!(after["phase"], "closed", "{after}");
        ends(&stack, id, "completed").await;
    }
}

#[tokio::test]
async fn billing_that_answers_about_another_amount_needs_attention() {
    let stack = stack().await;
    let fault = json!({ "kind": "other_amount", "request_id": "other", "times": 0 });
    stack.billing().set_faults(json!([fault])).await.unwrap();
    charge(&stack, "other").await;
    let attention = reaches(&stack, "other", "needs_attention").await;
    let both = attention["last_error"].as_str().unwrap();
    assert!(both.contains("asked 125.50 KGS"), "{both}");
    stack.billing().set_faults(json!([])).await.unwrap();
    ends(&stack, "other", "completed").await;
    assert_eq!(state(&stack, "other").await["phase"], "closed");
}
