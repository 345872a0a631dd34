//! The answer to a submission is lost or useless. Whether money moved is then unknown, and only the
//! partner, asked again and again, can tell.

use harness::{Injection, Policy, Stack};
use rstest::rstest;
use serde_json::{Value, json};

use crate::books::{builder, charge, ends, fault, give_back, has_struck, stack, state};

/// The partner has executed it, and its answer is useless.
#[rstest]
#[case::half_a_json(json!("garbage"))]
#[case::html(json!("html_200"))]
#[case::ten_megabytes(json!("huge_body"))]
#[case::redirect(json!("redirect"))]
#[case::another_requests_answer(json!("other_request"))]
#[case::another_amount(json!("other_amount"))]
#[case::http_500(json!({ "status": 500 }))]
#[case::http_502(json!({ "status": 502, "body": "html" }))]
#[case::http_503(json!({ "status": 503, "body": "empty" }))]
#[case::http_504(json!({ "status": 504 }))]
#[case::session_used(json!({ "status": 410, "code": "session_used", "body": "json" }))]
#[tokio::test]
async fn an_executed_submission_whose_answer_is_worthless_is_never_repeated(#[case] kind: Value) {
    let stack = stack().await;
    let lost = json!({ "on": "submit", "kind": kind, "executed": true });
    fault(&stack, "lost", lost).await;
    charge(&stack, "lost").await;
    ends(&stack, "lost", "completed").await;
    assert_eq!(submissions(&stack, "lost").await, 1);
}

/// The partner has executed it, and something between us breaks the connection.
#[rstest]
#[case::reset(Injection::ResetAfter)]
#[case::half_of_the_answer(Injection::HalfAnswer)]
#[case::slow_drip(Injection::Drip)]
#[case::one_way_loss(Injection::AnswerLost)]
#[tokio::test]
async fn an_executed_submission_whose_connection_is_torn_is_never_repeated(
    #[case] injection: Injection,
) {
    let stack = torn(PAYMENT, injection).await;
    charge(&stack, "torn").await;
    ends(&stack, "torn", "completed").await;
    has_struck(&stack.proxies()[0], injection).await;
    assert_eq!(submissions(&stack, "torn").await, 1);
}

/// The partner has executed nothing, and its answer is useless.
#[rstest]
#[case::half_a_json(json!("garbage"))]
#[case::html(json!("html_200"))]
#[case::ten_megabytes(json!("huge_body"))]
#[case::redirect(json!("redirect"))]
#[case::http_500(json!({ "status": 500 }))]
#[case::http_502(json!({ "status": 502, "body": "html" }))]
#[case::http_503(json!({ "status": 503, "body": "html" }))]
#[case::http_504(json!({ "status": 504 }))]
#[tokio::test]
async fn a_lost_submission_is_made_again_when_the_partner_twice_does_not_know_it(
    #[case] kind: Value,
) {
    let stack = stack().await;
    fault(&stack, "lost", json!({ "on": "submit", "kind": kind })).await;
    give_back(&stack, "lost").await;
    is_made_again_once_it_is_certain(&stack, "lost").await;
    assert_eq!(submissions(&stack, "lost").await, 2);
}

/// The partner never got it, because something between us breaks the connection.
#[rstest]
#[case::reset(Injection::ResetBefore)]
#[case::silence(Injection::Silence)]
#[tokio::test]
async fn a_submission_that_never_arrived_is_made_again_when_the_partner_twice_does_not_know_it(
    #[case] injection: Injection,
) {
    let stack = torn(REVERSAL, injection).await;
    give_back(&stack, "torn").await;
    is_made_again_once_it_is_certain(&stack, "torn").await;
    has_struck(&stack.proxies()[0], injection).await;
    assert_eq!(submissions(&stack, "torn").await, 1);
}

const PAYMENT: &str = "/v1/completeMerchantAcquiring";
const REVERSAL: &str = "/v1/processPaymentReversal";

/// A stack whose next submission at this path gets the injection.
async fn torn(path: &str, injection: Injection) -> Stack {
    let stack = builder().fault_proxies(Policy::NONE).start().await.unwrap();
    stack.proxies()[0].strike(path, injection);
    stack
}

async fn is_made_again_once_it_is_certain(stack: &Stack, id: &str) {
    ends(stack, id, "completed").await;
    let checks = state(stack, id).await["status_checks"].as_u64().unwrap();
    assert!(checks >= 2, "{checks}");
}

/// How many submissions of this request reached the partner.
async fn submissions(stack: &Stack, id: &str) -> usize {
    let journal = stack.partner().journal().await.unwrap();
    let is_submission = |entry: &&Value| {
        let path = entry["path"].as_str().unwrap_or_default();
        entry["request_id"] == id && (path == PAYMENT || path == REVERSAL)
    };
    journal.iter().filter(is_submission).count()
}
