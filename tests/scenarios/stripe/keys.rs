//! Keys that Stripe does not accept.

use rstest::rstest;
use serde_json::json;

use super::{charge, fault, give_back, stack};
use crate::books::{ends, needs_attention};

#[tokio::test]
async fn revoked_keys_need_attention_and_go_on_once_they_are_back() {
    let stack = stack().await;
    let stripe = stack.stripe().unwrap();
    for key in [stripe.payment_key_file(), stripe.reversal_key_file()] {
        stripe.remove_key(&key).await.unwrap();
    }
    charge(&stack, "charged").await;
    give_back(&stack, "given-back").await;
    for id in ["charged", "given-back"] {
        let waiting = needs_attention(&stack, id, "denies us access").await;
        assert_eq!(waiting["cause"], "access_denied");
        assert_eq!(waiting["at_stake"], "nothing_sent");
    }
    stripe.restore_keys().await.unwrap();
    ends(&stack, "charged", "completed").await;
    ends(&stack, "given-back", "completed").await;
}

#[rstest]
#[case::unauthorized(401)]
#[case::forbidden(403)]
#[tokio::test]
async fn a_confirmation_that_is_denied_did_nothing_and_is_made_again(#[case] status: u16) {
    let stack = stack().await;
    let denied =
        json!({ "on": "confirm_payment_intent", "kind": { "status": status }, "times": 0 });
    fault(&stack, "denied", denied).await;
    charge(&stack, "denied").await;
    let waiting = needs_attention(&stack, "denied", "denies us access").await;
    assert_eq!(waiting["cause"], "access_denied");
    let stripe = stack.stripe().unwrap();
    stripe.set_faults(json!([])).await.unwrap();
    ends(&stack, "denied", "completed").await;
}
