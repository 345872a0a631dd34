//! A submission that the partner refuses counts as not sent. Some refusals are temporary, some final.

use harness::{Operation, OperationKind, Timings};
use rstest::rstest;
use serde_json::{Value, json};

use crate::books::{
    QUICK, builder, charge, ends, fault, give_back, needs_attention, reaches, set_custom_scenario,
    stack, start, state,
};

#[rstest]
#[case::http_400(400, "callback_url_refused")]
#[case::http_404(404, "order_not_found")]
#[case::http_409(409, "request_conflict")]
#[case::http_422(422, "card_missing")]
#[case::words(422, "57: Not permitted")]
#[tokio::test]
async fn a_submission_that_the_partner_refuses_for_good_is_rejected(
    #[case] status: u16,
    #[case] code: &str,
) {
    let stack = stack().await;
    let kind = json!({ "status": status, "code": code, "body": "json" });
    let refused = json!({ "on": "submit", "kind": kind, "times": 0 });
    fault(&stack, "bad", refused).await;
    charge(&stack, "bad").await;
    assert_eq!(ends(&stack, "bad", "rejected").await["decline_code"], code);
}

#[tokio::test]
async fn a_reversal_of_an_order_that_the_partner_does_not_know_is_rejected() {
    let stack = stack().await;
    let unknown = Operation::new(OperationKind::Reversal, "unknown").of_order("unknown-order");
    start(&stack, unknown).await;
    let result = ends(&stack, "unknown", "rejected").await;
    assert_eq!(result["decline_code"], "order_not_found");
}

#[rstest]
#[case::too_many_requests(json!({ "status": 429, "retry_after": 2, "body": "html" }))]
#[case::session_expired(json!({ "status": 410, "code": "session_expired", "body": "json" }))]
#[tokio::test]
async fn what_the_partner_did_not_take_is_tried_again_and_not_counted_as_sent(#[case] kind: Value) {
    // A question whose answer is late on a busy machine would be asked a second time.
    let timings = Timings {
        request_timeout: "10s",
        ..QUICK
    };
    let stack = builder().timings(timings).start().await.unwrap();
    fault(&stack, "again", json!({ "on": "submit", "kind": kind })).await;
    charge(&stack, "again").await;
    ends(&stack, "again", "completed").await;
    let checks = &state(&stack, "again").await["status_checks"];
    assert_eq!(checks, 1, "asked after the callback");
}

#[rstest]
#[case::http_401(401, "key_unknown")]
#[case::http_403(403, "merchant_blocked")]
#[tokio::test]
async fn keys_and_accounts_that_the_partner_refuses_need_attention_and_are_tried_on(
    #[case] status: u16,
    #[case] code: &str,
) {
    let stack = stack().await;
    let kind = json!({ "status": status, "code": code, "body": "json" });
    let refused = json!({ "on": "submit", "kind": kind, "times": 0 });
    fault(&stack, "key", refused).await;
    charge(&stack, "key").await;
    let state = needs_attention(&stack, "key", code).await;
    assert_eq!(state["cause"], "access_denied");
    assert_eq!(state["submitted"], false);
    set_custom_scenario(&stack, "key", json!({})).await;
    ends(&stack, "key", "completed").await;
}

#[tokio::test]
async fn a_refusal_after_a_lost_submission_says_nothing_of_the_lost_one() {
    let stack = stack().await;
    // The first is executed late and its answer lost; the partner shows it only after the second
    // was refused for the balance that the first one took.
    let faults = json!([
        { "on": "submit", "kind": "reset" },
        { "on": "submit", "kind": { "status": 422, "code": "amount_exceeds_balance",
            "body": "json" } },
    ]);
    let scenario = json!({ "faults": faults });
    set_custom_scenario(&stack, "refused", scenario).await;
    give_back(&stack, "refused").await;
    reaches(&stack, "refused", "awaiting_completion").await;
    let result = ends(&stack, "refused", "rejected").await;
    assert_eq!(result["decline_code"], "amount_exceeds_balance");
    assert!(state(&stack, "refused").await["status_checks"].as_u64() >= Some(4));
}
