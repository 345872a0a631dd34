//! What procaas may send: twice, with errors, or too late.

use harness::{Stack, workflow_id};
use serde_json::{Value, json};

use crate::books::{
    builder, charge, cli, ends, events, give_back, history_with, input, reaches, restart_worker,
    set_custom_scenario, split, stack, start_raw, until,
};
use crate::keys::change_worker_file;
use crate::paused_accounts::is_listed;

/// The field for the address of the callback.
const CALLBACK: &str = "payment_completed_callback_url";

#[tokio::test]
async fn a_request_that_is_started_twice_at_once_and_again_after_its_end_moves_money_once() {
    let stack = stack().await;
    let (one, two) = tokio::join!(charge(&stack, "twice"), charge(&stack, "twice"));
    assert_eq!(one["run_id"], two["run_id"]);
    let result = ends(&stack, "twice", "completed").await;
    let again = charge(&stack, "twice").await;
    assert_eq!(again["run_id"], one["run_id"]);
    assert_eq!(ends(&stack, "twice", "completed").await, result);
}

#[tokio::test]
async fn a_repeat_with_another_amount_is_told_and_changes_nothing() {
    let stack = stack().await;
    charge(&stack, "same").await;
    let repeat = "start extra-payment --request-id same --order-id o-same --amount 99 --currency KGS \
                  --country KG";
    let arguments = split(repeat);
    let output = stack.payments_output(&arguments).await.unwrap();
    assert_eq!(output.status.code(), Some(4));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let differs = json!([{ "field": "amount", "first": "125.50", "now": "99.00" }]);
    assert_eq!(answer["repeat"]["differs"], differs, "{answer}");
    assert_eq!(ends(&stack, "same", "completed").await["amount"], "125.50");
}

#[tokio::test]
async fn under_another_reuse_policy_and_after_a_reset_the_partner_is_asked_first() {
    let stack = stack().await;
    charge(&stack, "reused").await;
    ends(&stack, "reused", "completed").await;
    // Any client may start the id again once it has closed, unless it forbids that itself.
    start_raw(&stack, "process_extra_payment", "reused", &input("reused")).await;
    ends(&stack, "reused", "completed").await;
    let reset = "workflow reset -w sky-payment-reused --event-id 4 --reason test";
    cli(&stack, reset).await;
    ends(&stack, "reused", "completed").await;
}

#[tokio::test]
async fn each_broken_rule_fails_the_workflow_by_its_name_before_anything_is_sent() {
    let stack = stack().await;
    let sound = input("bad");
    let with = |field: &str, value: Value| {
        let mut input: Value = serde_json::from_str(&sound).unwrap();
        input[field] = value;
        input.to_string()
    };
    for (input, field) in [
        (with("request_id", json!("other")), "request_id"),
        (with("request_id", json!("b d")), "request_id"),
        (with("request_id", json!(7)), "request_id"),
        (with("order_id", json!("")), "order_id"),
        (with("order_id", Value::Null), "order_id"),
        (with("amount", json!("0.00")), "amount"),
        (with("amount", json!("-1")), "amount"),
        (with("amount", json!("1e3")), "amount"),
        (with("amount", json!("1.234")), "amount"),
        (with("amount", json!(1)), "amount"),
        (with("amount", json!("9999999999999")), "amount"),
        (with("currency", json!("XAU")), "currency"),
        (with("currency", json!("kgs")), "currency"),
        (with("currency", json!("BGN")), "currency"),
        (with("currency", json!("ZWL")), "currency"),
        (with("merchant", json!("nobody")), "merchant"),
        (with("merchant", json!("")), "merchant"),
        (with("country", json!("ZZ")), "merchant"),
        (with("country", json!("")), "country"),
        (with("city", json!({})), "city"),
        (with(CALLBACK, json!("https://evil.example/")), CALLBACK),
        (with("colour", json!("red")), "colour"),
        (sound.replacen('{', r#"{"amount":"1","#, 1), "amount"),
        ("[]".to_owned(), "input"),
        ("\"text\"".to_owned(), "input"),
        ("null".to_owned(), "input"),
    ] {
        start_raw(&stack, "process_payment_reversal", "bad", &input).await;
        let failure = failure(&stack, "bad").await;
        let info = &failure["applicationFailureInfo"];
        assert_eq!(info["type"], "InvalidRequest", "{failure}");
        assert_eq!(info["nonRetryable"], true, "{failure}");
        let message = failure["message"].as_str().unwrap();
        assert!(
            message.starts_with(&format!("invalid request: {field}: ")),
            "{input}: {message}"
        );
    }
    assert!(
        stack.partner().journal().await.unwrap().is_empty(),
        "something was sent"
    );
}

#[tokio::test]
async fn an_address_for_the_callback_that_a_parser_would_rewrite_is_refused() {
    let mut stack = stack().await;
    let allowed = "allowed_origins = [\"http://127.0.0.1:8480\"]";
    change_worker_file(&stack, "allowed_origins = []", allowed);
    restart_worker(&mut stack).await;
    for url in [
        r"http://127.0.0.1:8480\@evil.example/",
        "http://127.0.0.1:8480@evil.example/",
        "http://127.0.0.1:8480/\t",
        "HTTP://127.0.0.1:8480/",
        "http://127.1:8480/",
        "http://127.0.0.1:8480/a/../b",
        "http://127.0.0.1:08480/",
        "http://127.0.0.1:8480",
    ] {
        let mut named: Value = serde_json::from_str(&input("named")).unwrap();
        named[CALLBACK] = json!(url);
        start_raw(&stack, "process_extra_payment", "named", &named.to_string()).await;
        let failure = failure(&stack, "named").await;
        let message = failure["message"].as_str().unwrap();
        let problem = format!("invalid request: {CALLBACK}: ");
        assert!(message.starts_with(&problem), "{url}: {message}");
    }
    assert!(stack.partner().journal().await.unwrap().is_empty());
}

#[tokio::test]
async fn cancelled_before_anything_is_scheduled_it_closes_as_cancelled() {
    let mut stack = builder().workers(0).start().await.unwrap();
    charge(&stack, "early").await;
    stack.payments_output(&["cancel", "early"]).await.unwrap();
    stack.start_worker().await.unwrap();
    history_with(&stack, "early", "WORKFLOW_EXECUTION_CANCELED").await;
    assert!(stack.partner().journal().await.unwrap().is_empty());
}

#[tokio::test]
async fn cancelled_later_it_goes_on_to_its_true_outcome() {
    let stack = stack().await;
    let slow = json!({ "never_completes": true });
    set_custom_scenario(&stack, "late", slow).await;
    give_back(&stack, "late").await;
    reaches(&stack, "late", "awaiting_completion").await;
    stack.payments_output(&["cancel", "late"]).await.unwrap();
    stack.partner().finish("late").await.unwrap();
    ends(&stack, "late", "completed").await;
}

#[tokio::test]
async fn a_payment_that_no_route_fits_is_told_without_a_start() {
    let stack = stack().await;
    is_listed(&stack).await;
    let payment = "start extra-payment --request-id unrouted --order-id o-unrouted --amount 1 \
                   --currency KGS --country ZZ";
    let payment = split(payment);
    let refused = stack.payments_output(&payment).await.unwrap();
    assert_eq!(refused.status.code(), Some(2));
    let error: Value = serde_json::from_slice(&refused.stderr).unwrap();
    assert_eq!(error["field"], "merchant", "{error}");
    let status = stack.payments_output(&["status", "unrouted"]).await;
    assert_eq!(status.unwrap().status.code(), Some(3));

    let all_the_same = [&payment[..], &["--without-route", "--wait"]].concat();
    let ended = stack.payments_output(&all_the_same).await.unwrap();
    assert_eq!(ended.status.code(), Some(5));
    // It is there now, so a repeat says how it ended.
    let repeat = stack.payments_output(&payment).await.unwrap();
    assert_eq!(repeat.status.code(), Some(5));
}

/// Waits until the workflow has failed; what it failed with.
async fn failure(stack: &Stack, id: &str) -> Value {
    until("it fails", async || {
        let events = events(stack, &workflow_id(id)).await.unwrap();
        let last = events.as_array().unwrap().last().unwrap();
        let failure = &last["workflowExecutionFailedEventAttributes"]["failure"];
        (!failure.is_null()).then(|| failure.clone())
    })
    .await
}
