//! Events: signed, repeated until they are taken, late, lost, doubled and out of order.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::account::Account;
use crate::receiver::Receiver;

const PAYMENT: [&str; 4] = [
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "payment_intent.canceled",
    "payment_intent.processing",
];
const REFUND: [&str; 4] = [
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.refunded",
];

async fn rules(account: &Account, rules: Value) {
    let rules = json!({ "rules": rules });
    account
        .tell(Method::PUT, "/sim/delivery-rules", rules)
        .await;
}

#[tokio::test]
async fn every_secret_signs_the_raw_bytes() {
    let account = Account::start(json!({})).await;
    let secrets = ["whsec_old", "whsec_new"];
    let (receiver, _server) = Receiver::of(&account, &secrets, &PAYMENT, &[]).await;
    let id = account.create("r-1").await.id().to_owned();
    account.confirm(&id, "r-1:confirm").await;
    receiver.wait_for(1).await;
    for secret in secrets {
        assert_eq!(receiver.signatures_by(secret, 0), 1);
    }
    assert_eq!(receiver.signatures_by("", 0), 0);

    let event = &receiver.bodies()[0];
    assert_eq!(event["type"], "payment_intent.succeeded");
    assert_eq!(event["object"], "event");
    assert_eq!(event["livemode"], false);
    assert_eq!(event["data"]["object"]["id"], id);
    assert_eq!(event["data"]["object"]["metadata"]["request_id"], "r-1");
    assert_eq!(event["request"]["idempotency_key"], "r-1:confirm");
}

#[tokio::test]
async fn anything_but_2xx_is_sent_again() {
    let account = Account::start(json!({})).await;
    let answers = [410, 302];
    let (receiver, _server) = Receiver::of(&account, &["whsec"], &PAYMENT, &answers).await;
    let id = account.create("r-1").await.id().to_owned();
    account.cancel(&id, "c").await;
    receiver.wait_for(3).await;
    let events = receiver.bodies();
    assert_eq!(events[0], events[2], "the same event");
    assert_eq!(receiver.signatures_by("whsec", 2), 1, "signed anew");
}

#[tokio::test]
async fn a_refund_tells_of_each_of_its_statuses() {
    let account = Account::start(json!({ "refunds_settle_after": "100ms" })).await;
    let (receiver, _server) = Receiver::of(&account, &["whsec"], &REFUND, &[]).await;
    account.card("r-2", "pm_card_refundFail").await;
    account.refund("r-2", "100").await;
    receiver.wait_for(4).await;
    let mut types = receiver.types();
    types.sort();
    let mut expected = REFUND;
    expected.sort();
    assert_eq!(types, expected);
    for event in receiver.bodies() {
        // The charge has the metadata of the payment, which is the order's.
        let request_id = &event["data"]["object"]["metadata"]["request_id"];
        let is_charge = event["data"]["object"]["object"] == "charge";
        let expected = if is_charge { json!(null) } else { json!("r-2") };
        assert_eq!(*request_id, expected);
    }
}

#[tokio::test]
async fn the_charge_of_an_extra_payment_names_its_request() {
    let mut account = Account::start(json!({})).await;
    let (receiver, _server) = Receiver::of(&account, &["whsec"], &["charge.refunded"], &[]).await;
    let id = account.create("r-1").await.id().to_owned();
    account.confirm(&id, "k").await;
    account.order["payment_intent"] = json!(id);
    account.refund("r-2", "100").await;
    receiver.wait_for(1).await;
    let charge = &receiver.bodies()[0]["data"]["object"];
    assert_eq!(charge["metadata"]["request_id"], "r-1");
}

#[tokio::test]
async fn rules_drop_repeat_double_and_disorder() {
    let account = Account::start(json!({ "payments_settle_after": "0s" })).await;
    let (receiver, _server) = Receiver::of(&account, &["whsec"], &PAYMENT, &[]).await;
    rules(
        &account,
        json!([
            { "request_id": "dropped", "times": 0 },
            { "request_id": "repeated", "times": 2 },
            { "request_id": "doubled", "twin": true },
            { "type": "payment_intent.processing", "delay": "3s" },
        ]),
    )
    .await;
    for request_id in ["dropped", "repeated", "doubled"] {
        let id = account.create(request_id).await.id().to_owned();
        account.confirm(&id, request_id).await;
    }
    receiver.wait_for(4).await;
    let ids = |request_id: &str| {
        let events = receiver.bodies().into_iter();
        let about =
            events.filter(|it| it["data"]["object"]["metadata"]["request_id"] == request_id);
        about.map(|it| it["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(ids("dropped").len(), 0);
    let (repeated, doubled) = (ids("repeated"), ids("doubled"));
    assert_eq!(repeated[0], repeated[1]);
    assert_ne!(doubled[0], doubled[1]);

    account.card("bank", "pm_usBankAccount_success").await;
    let id = account.create("bank").await.id().to_owned();
    account.confirm(&id, "bank").await;
    receiver.wait_for(6).await;
    let types = receiver.types();
    let expected = ["payment_intent.succeeded", "payment_intent.processing"];
    assert_eq!(types[4..], expected, "the later one first");
}

#[tokio::test]
async fn an_event_can_arrive_before_the_answer() {
    let account = Account::start(json!({})).await;
    let (receiver, _server) = Receiver::of(&account, &["whsec"], &PAYMENT, &[]).await;
    rules(&account, json!([{ "before_answer": true }])).await;
    let id = account.create("r-1").await.id().to_owned();
    account.confirm(&id, "k").await;
    assert_eq!(receiver.types(), ["payment_intent.succeeded"]);
}

#[tokio::test]
async fn an_event_is_sent_by_hand() {
    let account = Account::start(json!({})).await;
    let (receiver, _server) = Receiver::of(&account, &["whsec"], &["none"], &[200, 500]).await;
    let id = account.create("r-1").await.id().to_owned();
    let event = json!({ "type": "payment_intent.succeeded", "object": id, "times": 2 });
    let sent = account.tell(Method::POST, "/sim/events", event).await;
    let mut answered: Vec<u64> = serde_json::from_value(sent["answered"].clone()).unwrap();
    answered.sort();
    assert_eq!(answered, [200, 500]);
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(receiver.types().len(), 2, "without retries");
    let deliveries = account.read("/sim/deliveries").await;
    assert_eq!(deliveries.as_array().unwrap().len(), 2);
}
