//! Callbacks prove nothing, and none of them is needed.

use std::fs;
use std::time::{Duration, Instant};

use callback_token::CallbackSecret;
use harness::{Injection, Policy, Stack};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use workflows::contract::ids::RequestId;

use crate::books::{
    STILL, builder, charge, ends, give_back, history_length, history_with, pending, reaches,
    set_custom_scenario, stack, state, until,
};

#[tokio::test]
async fn a_thousand_callbacks_cost_few_signals_and_few_questions() {
    // Only the callbacks make it ask.
    let stack = builder().timings(STILL).start().await.unwrap();
    pending(&stack, "flood", "never").await;
    let before = &state(&stack, "flood").await["status_checks"];
    let before = before.as_u64().unwrap();
    let begun = Instant::now();
    let answered = stack.partner().send_callbacks("flood", 1000).await.unwrap();
    assert!(
        answered
            .iter()
            .all(|status| matches!(status, Some(200 | 429 | 503) | None)),
        "{answered:?}"
    );
    tokio::time::sleep(Duration::from_secs(3)).await;
    let after = state(&stack, "flood").await;
    assert!(
        after["callbacks_received"].as_u64().unwrap() <= 20,
        "{after}"
    );
    // One every five seconds, however long the callbacks take to arrive.
    let most = 2 + begun.elapsed().as_secs() / 5;
    assert!(
        after["status_checks"].as_u64().unwrap() - before <= most,
        "{after}"
    );
    assert!(history_length(&stack, "flood").await < 150);
}

#[tokio::test]
async fn a_callback_for_another_request_changes_nothing() {
    let stack = stack().await;
    let wrong = json!({ "callback": { "wrong_request_id": "somebody-else" } });
    set_custom_scenario(&stack, "wrong", wrong).await;
    charge(&stack, "wrong").await;
    ends(&stack, "wrong", "completed").await;
    assert_eq!(state(&stack, "wrong").await["callbacks_received"], 0);
}

#[tokio::test]
async fn a_forged_callback_is_refused_and_reaches_no_workflow() {
    let stack = stack().await;
    set_custom_scenario(&stack, "real", json!({ "never_completes": true })).await;
    give_back(&stack, "real").await;
    reaches(&stack, "real", "awaiting_completion").await;
    for query in ["", "?token=", "?token=demo.1790000000.AAAA"] {
        assert_eq!(post_callback(&stack, query, "real").await, 403, "{query}");
    }
    assert_eq!(state(&stack, "real").await["callbacks_received"], 0);
}

#[tokio::test]
async fn a_callback_while_temporal_is_away_is_repeated_by_the_partner_and_arrives() {
    let mut stack = builder().temporal_on_disk().start().await.unwrap();
    pending(&stack, "away", "after_completion").await;
    stack.temporal_mut().kill();
    stack.partner().finish("away").await.unwrap();
    is_answered(&stack, 503).await;
    stack.temporal_mut().restart().await.unwrap();
    ends(&stack, "away", "completed").await;
}

#[tokio::test]
async fn a_gateway_that_is_killed_between_its_signal_and_its_answer_loses_no_callback() {
    let stack = builder().temporal_proxies(Policy::NONE);
    let mut stack = stack.start().await.unwrap();
    pending(&stack, "between", "after_completion").await;
    // Temporal accepts the signal, but the gateway does not learn of it.
    let proxies = stack.temporal().proxies().unwrap();
    proxies.gateways.strike("", Injection::AnswerLost);
    stack.partner().finish("between").await.unwrap();
    history_with(&stack, "between", "EXECUTION_SIGNALED").await;
    assert_eq!(answers(&stack, 200).await, 0);
    stack.kill_gateway();
    stack.start_gateway().await.unwrap();
    ends(&stack, "between", "completed").await;
    // The partner's repeat is taken.
    is_answered(&stack, 200).await;
    assert_eq!(answers(&stack, 200).await, 1);
}

#[tokio::test]
async fn callbacks_out_of_order_before_and_after_the_final_status_change_nothing() {
    let stack = stack().await;
    let partner = stack.partner();
    pending(&stack, "order", "never").await;
    // The callback about the end comes first, and the end itself comes without one.
    assert_eq!(
        partner.send_callbacks("order", 1).await.unwrap(),
        [Some(200)]
    );
    let early = until("the early callback is looked into", async || {
        let state = state(&stack, "order").await;
        (state["callbacks_received"] == 1).then_some(state)
    })
    .await;
    assert_ne!(early["phase"], "closed", "{early}");
    partner.finish("order").await.unwrap();
    let result = ends(&stack, "order", "completed").await;
    assert_eq!(
        partner.send_callbacks("order", 1).await.unwrap(),
        [Some(200)]
    );
    assert_eq!(ends(&stack, "order", "completed").await, result);
}

#[tokio::test]
async fn a_callback_that_is_a_month_late_is_taken_by_what_still_runs_and_by_what_has_closed() {
    let stack = stack().await;
    pending(&stack, "open", "never").await;
    charge(&stack, "closed").await;
    ends(&stack, "closed", "completed").await;
    stack.partner().finish("open").await.unwrap();
    for id in ["open", "closed"] {
        let query = format!("?token={}", token_of_last_month(&stack, id));
        assert_eq!(post_callback(&stack, &query, id).await, 200, "{id}");
    }
    ends(&stack, "open", "completed").await;
}

#[tokio::test]
async fn a_gateway_that_is_killed_loses_no_callback_that_it_answered() {
    let mut stack = stack().await;
    pending(&stack, "killed", "after_completion").await;
    stack.kill_gateway();
    stack.partner().finish("killed").await.unwrap();
    until("the partner has tried to call back", async || {
        let callbacks = stack.partner().callbacks().await.unwrap();
        (!callbacks.is_empty()).then_some(())
    })
    .await;
    stack.start_gateway().await.unwrap();
    ends(&stack, "killed", "completed").await;
    is_answered(&stack, 200).await;
    let callbacks = stack.partner().callbacks().await.unwrap();
    assert!(callbacks.len() >= 2, "the first try met no gateway");
}

async fn post_callback(stack: &Stack, query: &str, request_id: &str) -> u16 {
    let url = format!("{}/v1/on_payment_completed{query}", stack.gateway_url());
    let body: Value = json!({ "request_id": request_id });
    let answer = stack.http().post(url).json(&body).send().await;
    answer.unwrap().status().as_u16()
}

/// Waits until a callback was answered with this status.
async fn is_answered(stack: &Stack, status: u16) {
    until(&format!("a callback is answered {status}"), async || {
        (answers(stack, status).await > 0).then_some(())
    })
    .await;
}

/// How many callbacks were answered with this status.
async fn answers(stack: &Stack, status: u16) -> usize {
    let callbacks = stack.partner().callbacks().await.unwrap();
    let answered = |callback: &&Value| callback["status"] == status;
    callbacks.iter().filter(answered).count()
}

/// The token that a submission thirty days ago carried.
fn token_of_last_month(stack: &Stack, id: &str) -> String {
    let secret = fs::read(stack.folder().join("callback-secret")).unwrap();
    let secret = CallbackSecret::new("demo", &secret).unwrap();
    let then = Timestamp::now() - SignedDuration::from_hours(30 * 24);
    secret.issue(&RequestId::parse(id).unwrap(), then)
}
