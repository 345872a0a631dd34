//! What the partner may answer when it is asked, and what happens if it can't be asked.

use rstest::rstest;
use serde_json::json;

use crate::books::{
    charge, ends, fault, give_back, input, needs_attention, reaches, set_custom_scenario,
    set_order_scenario, stack, start_raw, state, until,
};

#[tokio::test]
async fn a_status_word_never_seen_is_not_final() {
    let stack = stack().await;
    let unknown = json!({ "on": "status", "kind": "unknown_status", "skip": 1, "times": 2 });
    fault(&stack, "word", unknown).await;
    charge(&stack, "word").await;
    ends(&stack, "word", "completed").await;
    assert!(state(&stack, "word").await["status_checks"].as_u64() >= Some(3));
}

#[tokio::test]
async fn a_partner_that_cannot_be_asked_is_not_sent_a_submission() {
    let stack = stack().await;
    let kind = json!({ "status": 503, "body": "html" });
    let down = json!({ "on": "status", "kind": kind, "times": 0 });
    fault(&stack, "down", down).await;
    charge(&stack, "down").await;
    let waiting = until("it waits to be sent", async || {
        let state = state(&stack, "down").await;
        (state["last_error"] == "not sent: HTTP 503").then_some(state)
    })
    .await;
    assert_eq!(
        (&waiting["phase"], &waiting["submitted"]),
        (&json!("submitting"), &json!(false))
    );
    assert_eq!(waiting["cause"], "not_sent");
    set_custom_scenario(&stack, "down", json!({})).await;
    ends(&stack, "down", "completed").await;
}

#[tokio::test]
async fn status_down_while_the_submission_works_only_takes_longer() {
    let stack = stack().await;
    let down = json!({ "on": "status", "kind": { "status": 500 }, "skip": 1, "times": 4 });
    fault(&stack, "ask", down).await;
    give_back(&stack, "ask").await;
    ends(&stack, "ask", "completed").await;
}

#[tokio::test]
async fn an_outage_of_all_that_the_partner_offers_delays_and_loses_nothing() {
    let stack = stack().await;
    let down = json!({ "status": 503, "body": "html" });
    let outage = json!({ "faults": [
        { "on": "init_session", "kind": down, "skip": 1, "times": 5 },
        { "on": "submit", "kind": down, "executed": true },
    ] });
    set_order_scenario(&stack, "outage", outage).await;
    charge(&stack, "outage").await;
    ends(&stack, "outage", "completed").await;
    assert!(state(&stack, "outage").await["status_checks"].as_u64() >= Some(5));
}

#[rstest]
#[case::amount("other_amount", "other_amount")]
#[case::kind("other_kind", "other_operation")]
#[case::currency("other_currency", "other_amount")]
#[case::request_id("other_request", "other_operation")]
#[tokio::test]
async fn a_status_about_something_else_needs_attention_and_is_never_billed(
    #[case] kind: &str,
    #[case] cause: &str,
) {
    let stack = stack().await;
    let other = json!({ "on": "status", "kind": kind, "skip": 1, "times": 0 });
    fault(&stack, "other", other).await;
    charge(&stack, "other").await;
    let state = needs_attention(&stack, "other", "the partner says").await;
    let both = state["last_error"].as_str().unwrap();
    assert!(both.contains("asked"), "{both}");
    assert_eq!(state["cause"], cause);
    let documents = stack.billing().documents("other").await.unwrap();
    assert!(documents.is_empty(), "it was billed: {documents:?}");
}

#[tokio::test]
async fn an_operation_of_another_amount_found_before_the_first_submission_needs_attention() {
    let stack = stack().await;
    let found = json!({ "on": "status", "kind": "other_amount", "times": 0 });
    charge(&stack, "before").await;
    ends(&stack, "before", "completed").await;
    fault(&stack, "before", found).await;
    // The same id again, as after the namespace's retention: the partner still knows it.
    start_raw(&stack, "process_extra_payment", "before", &input("before")).await;
    needs_attention(&stack, "before", "asked 125.50 KGS").await;
    assert_eq!(stack.partner().ledger("before").await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_operation_that_vanishes_needs_attention_and_is_not_submitted_again() {
    let stack = stack().await;
    let gone = json!({ "status": 404, "code": "request_not_found", "body": "json" });
    let vanishing = json!({
        "never_completes": true,
        "faults": [{ "on": "status", "kind": gone, "skip": 2, "times": 0 }],
    });
    set_custom_scenario(&stack, "gone", vanishing).await;
    charge(&stack, "gone").await;
    let state = reaches(&stack, "gone", "needs_attention").await;
    assert_eq!(state["cause"], "vanished", "{state}");
    tokio::time::sleep(std::time::Duration::from_secs(5)).await;
    let submitted = stack.partner().operations().await.unwrap();
    let submitted = submitted.iter().filter(|it| it["request_id"] == "gone");
    assert_eq!(submitted.count(), 1);
}

#[tokio::test]
async fn past_its_deadline_an_operation_is_seen_goes_on_and_still_ends() {
    let stack = stack().await;
    let pending = json!({ "never_completes": true, "callback": { "when": "never" } });
    set_custom_scenario(&stack, "slow", pending).await;
    charge(&stack, "slow").await;
    let state = needs_attention(&stack, "slow", "still open").await;
    assert_eq!(state["cause"], "overdue");
    stack.partner().finish("slow").await.unwrap();
    ends(&stack, "slow", "completed").await;
}
