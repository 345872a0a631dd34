//! Answers about something else than was asked for need attention.

use rstest::rstest;
use serde_json::json;

use super::{charge, fault, stack};
use crate::books::{ends, needs_attention};

#[rstest]
#[case::another_request("other_request", "another-request")]
#[case::another_id("other_id", "partner_payment_id")]
#[case::another_amount("other_amount", "amount")]
#[case::another_currency("other_currency", "USD")]
#[tokio::test]
async fn an_answer_about_something_else_needs_attention_until_it_is_right(
    #[case] kind: &str,
    #[case] words: &str,
) {
    let stack = stack().await;
    // Both answers about the confirmed payment are wrong.
    for on in ["confirm_payment_intent", "retrieve_payment_intent"] {
        fault(&stack, "odd", json!({ "on": on, "kind": kind, "times": 0 })).await;
    }
    charge(&stack, "odd").await;
    needs_attention(&stack, "odd", words).await;
    let stripe = stack.stripe().unwrap();
    stripe.set_faults(json!([])).await.unwrap();
    ends(&stack, "odd", "completed").await;
}

#[tokio::test]
async fn a_status_that_nobody_knows_is_not_final() {
    let stack = stack().await;
    for on in ["confirm_payment_intent", "retrieve_payment_intent"] {
        let unknown = json!({ "on": on, "kind": "unknown_status", "times": 2 });
        fault(&stack, "settling", unknown).await;
    }
    charge(&stack, "settling").await;
    ends(&stack, "settling", "completed").await;
}
