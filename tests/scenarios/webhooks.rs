//! Stripe's events, signed over real sockets. They prove nothing, as callbacks do: they only make us
//! ask.

use std::fs;

use harness::{LocalStripe, Stack, Timings, not_tested, stripe_signature};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::after_the_end::incident;
use crate::books::{STILL, builder, charge, ends, give_back, reaches, set_custom_scenario, state};

/// What was asked is not asked again, so its answer may be late.
pub(crate) const STILL_AND_PATIENT: Timings = Timings {
    request_timeout: "10s",
    ..STILL
};

async fn still() -> Stack {
    // The stack has a secret of this length already.
    let account = "[webhooks.stripe.main]\nsecrets = [{ file = \"callback-secret\" }]";
    let timings = Timings {
        look_again_after: Some("1h"),
        ..STILL_AND_PATIENT
    };
    let stack = builder().timings(timings).gateway_settings(account);
    stack.start().await.unwrap()
}

#[tokio::test]
async fn a_signed_event_ends_the_wait_and_a_forged_one_does_nothing() {
    let stack = still().await;
    charge_and_wait(&stack, "silent").await;
    let succeeded = event("payment_intent.succeeded", "payment_intent", "silent");
    let old = Timestamp::now().as_second() - 600;
    assert_eq!(send(&stack, &succeeded, old).await, 403);
    assert_eq!(state(&stack, "silent").await["callbacks_received"], 0);
    let now = Timestamp::now().as_second();
    assert_eq!(send(&stack, &succeeded, now).await, 200);
    ends(&stack, "silent", "completed").await;
    assert_eq!(state(&stack, "silent").await["callbacks_received"], 1);
    assert_eq!(send(&stack, &succeeded, now).await, 200, "a repeat");
}

/// Somebody else's understanding of how Stripe signs.
#[tokio::test]
async fn an_event_that_localstripe_has_signed_ends_the_wait() {
    let localstripe = match LocalStripe::start().await {
        Ok(localstripe) => localstripe,
        Err(missing) => return not_tested("localstripe", missing),
    };
    let stack = still().await;
    charge_and_wait(&stack, "signed").await;
    let secret = fs::read_to_string(stack.folder().join("callback-secret")).unwrap();
    let url = format!("{}/v1/webhooks/stripe/main", stack.gateway_url());
    let delivers = localstripe.deliver_events_to(&url, secret.trim_end());
    delivers.await.unwrap();
    let api = localstripe.api();
    let order = api.pay_order("o-signed", 84_000, "kgs").await.unwrap();
    let payment = format!(
        "amount=12550&currency=kgs&customer={}&payment_method={}&metadata[request_id]=signed\
         &confirm=true",
        order.customer, order.payment_method
    );
    api.call("/v1/payment_intents", &payment).await.unwrap();
    ends(&stack, "signed", "completed").await;
    assert_eq!(state(&stack, "signed").await["callbacks_received"], 1);
}

#[tokio::test]
async fn a_refund_that_fails_after_its_end_is_an_incident_at_once() {
    let stack = still().await;
    let flips = json!({ "final_answer_flips": true, "completes_after": "0s", "callback": { "when": "never" } });
    set_custom_scenario(&stack, "flips", flips).await;
    give_back(&stack, "flips").await;
    ends(&stack, "flips", "completed").await;
    let failed = event("refund.failed", "refund", "flips");
    let now = Timestamp::now().as_second();
    assert_eq!(send(&stack, &failed, now).await, 200);
    let words = incident(&stack, "sky-look-again-flips").await;
    assert!(words.contains("now says declined"), "{words}");
}

/// A payment that nobody tells of.
async fn charge_and_wait(stack: &Stack, id: &str) {
    let silent = json!({ "callback": { "when": "never" } });
    set_custom_scenario(stack, id, silent).await;
    charge(stack, id).await;
    reaches(stack, id, "awaiting_completion").await;
}

fn event(kind: &str, object: &str, request_id: &str) -> Value {
    let object = json!({ "object": object, "metadata": { "request_id": request_id } });
    json!({ "id": format!("evt_{request_id}"), "type": kind, "data": { "object": object } })
}

/// Sends an event that was signed at this second; returns the status of the answer.
async fn send(stack: &Stack, event: &Value, signed_at: i64) -> u16 {
    let secret = fs::read(stack.folder().join("callback-secret")).unwrap();
    let body = event.to_string();
    let signature = stripe_signature(&[secret.trim_ascii_end()], signed_at, body.as_bytes());
    let url = format!("{}/v1/webhooks/stripe/main", stack.gateway_url());
    let request = stack.http().post(url).body(body);
    let request = request.header("stripe-signature", signature);
    let request = request.header("content-type", "application/json; charset=utf-8");
    request.send().await.unwrap().status().as_u16()
}
