//! Billing is told of a completed extra payment once, however it behaves.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use harness::{Injection, Policy, Stack, Timings};
use rstest::rstest;
use serde_json::{Value, json};

use crate::books::{
    QUICK, builder, charge, ends, has_struck, listed, needs_attention, reaches, stack, state, until,
};

/// A day is scaled down to a minute.
#[tokio::test]
async fn billing_that_is_down_for_a_day_loses_nothing_and_the_amount_waiting_is_in_sight() {
    // All are finalizing together for a while, also where it takes long to start one after the other.
    let timings = Timings {
        needs_attention_after: "45s",
        ..QUICK
    };
    let stack = builder().timings(timings).start().await.unwrap();
    stack.billing().set_down(true).await.unwrap();
    let ids = ["day-1", "day-2", "day-3"];
    for id in ids {
        charge(&stack, id).await;
    }
    for id in ids {
        assert_eq!(reaches(&stack, id, "finalizing").await["submitted"], true);
    }
    waits_in(&stack, "finalizing", 3 * 12_550).await;
    // After their deadline an operator is called.
    waits_in(&stack, "needs_attention", 3 * 12_550).await;
    for id in ids {
        let waiting = state(&stack, id).await;
        assert_eq!(waiting["at_stake"], "money_taken_not_billed", "{waiting}");
    }
    stack.billing().set_down(false).await.unwrap();
    for id in ids {
        ends(&stack, id, "completed").await;
    }
}

#[rstest]
#[case::http_500(json!({ "status": 500 }))]
#[case::http_503(json!({ "status": 503, "retry_after": 1 }))]
#[case::html(json!("html_200"))]
#[tokio::test]
async fn billing_that_records_and_then_fails_records_once(#[case] kind: Value) {
    let stack = stack().await;
    let fault = json!({ "kind": kind, "recorded": true, "request_id": "fails" });
    stack.billing().set_faults(json!([fault])).await.unwrap();
    charge(&stack, "fails").await;
    is_recorded_once(&stack, "fails").await;
}

#[rstest]
#[case::reset(Injection::ResetAfter)]
#[case::half_of_the_answer(Injection::HalfAnswer)]
#[case::slow_drip(Injection::Drip)]
#[case::one_way_loss(Injection::AnswerLost)]
#[tokio::test]
async fn billing_whose_connection_is_torn_records_once(#[case] injection: Injection) {
    let stack = builder().fault_proxies(Policy::NONE).start().await.unwrap();
    let proxy = &stack.proxies()[1];
    proxy.strike("/v1/extra-payments", injection);
    charge(&stack, "torn").await;
    is_recorded_once(&stack, "torn").await;
    has_struck(proxy, injection).await;
}

#[tokio::test]
async fn billing_that_is_slow_is_told_again_and_records_once() {
    let stack = stack().await;
    let slow = json!([{ "kind": { "slow": "3s" }, "request_id": "slow", "times": 2 }]);
    stack.billing().set_faults(slow).await.unwrap();
    charge(&stack, "slow").await;
    ends(&stack, "slow", "completed").await;
    // A busy machine may be as slow once more.
    let documents = stack.billing().documents("slow").await.unwrap();
    assert!(documents[0].repeats >= 2, "{documents:?}");
}

#[rstest]
#[case::http_400(400)]
#[case::http_401(401)]
#[case::http_403(403)]
#[case::http_409(409)]
#[tokio::test]
async fn billing_that_refuses_needs_attention_and_is_tried_at_once_by_check_now(
    #[case] status: u16,
) {
    // It is not tried again by itself.
    let timings = Timings {
        attention_check: "10m",
        ..QUICK
    };
    let stack = builder().timings(timings).start().await.unwrap();
    let fault = json!({ "kind": { "status": status }, "request_id": "refused" });
    stack.billing().set_faults(json!([fault])).await.unwrap();
    charge(&stack, "refused").await;
    let state = reaches(&stack, "refused", "needs_attention").await;
    assert_eq!(state["cause"], "billing_refuses", "{state}");
    let after = stack.payments(&["check-now", "refused"]).await.unwrap();
    assert_eq!(after["phase"], "closed", "{after}");
    ends(&stack, "refused", "completed").await;
}

#[tokio::test]
async fn billing_that_answers_about_another_amount_needs_attention() {
    let stack = stack().await;
    let fault = json!({ "kind": "other_amount", "request_id": "other", "times": 0 });
    stack.billing().set_faults(json!([fault])).await.unwrap();
    charge(&stack, "other").await;
    let attention = needs_attention(&stack, "other", "asked 125.50 KGS").await;
    assert_eq!(attention["cause"], "billing_refuses");
    stack.billing().set_faults(json!([])).await.unwrap();
    ends(&stack, "other", "completed").await;
    assert_eq!(state(&stack, "other").await["phase"], "closed");
}

async fn is_recorded_once(stack: &Stack, id: &str) {
    ends(stack, id, "completed").await;
    let documents = stack.billing().documents(id).await.unwrap();
    assert!(documents[0].repeats >= 1, "it was not told again");
}

/// Waits until the operations in this phase, as a listing shows them, add up to the amount.
async fn waits_in(stack: &Stack, phase: &str, minor: i64) {
    let query = format!("SkyPhase = '{phase}'");
    until(&format!("{minor} wait in {phase}"), async || {
        let listed = listed(stack, &query).await;
        (listed.iter().map(amount_minor).sum::<i64>() == minor).then_some(())
    })
    .await;
}

fn amount_minor(workflow: &Value) -> i64 {
    let fields = &workflow["searchAttributes"]["indexedFields"];
    let data = &fields["SkyAmountMinor"]["data"];
    let text = STANDARD.decode(data.as_str().unwrap()).unwrap();
    serde_json::from_slice(&text).unwrap()
}
