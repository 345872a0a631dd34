//! Payments: created, confirmed, cancelled, declined.

use reqwest::Method;
use serde_json::{Value, json};

use super::account::{Account, Answer, requests, text};

#[tokio::test]
async fn creating_moves_nothing_and_confirming_moves_it_once() {
    let account = Account::start(json!({})).await;
    let created = account.create("r-1").await;
    assert_eq!(created.body["status"], "requires_confirmation");
    assert_eq!(account.movements("r-1").await, 0);

    let confirmed = account.confirm(created.id(), "r-1:confirm").await;
    assert_eq!(confirmed.body["status"], "succeeded");
    let ledger = account.read("/sim/ledger?request_id=r-1").await;
    assert_eq!(ledger.as_array().unwrap().len(), 1);
    assert_eq!(ledger[0]["kind"], "charge");
    assert_eq!(ledger[0]["amount"], 12_550);
    assert_eq!(ledger[0]["currency"], "kgs");
    assert_eq!(ledger[0]["idempotency_key"], "r-1:confirm");
    assert_eq!(ledger[0]["payment_intent"], created.id());

    let again = account.confirm(created.id(), "another key").await;
    assert_eq!(again.status, 400);
    assert_eq!(again.error("code"), "payment_intent_unexpected_state");
    assert_eq!(again.body["error"]["payment_intent"]["status"], "succeeded");
    assert_eq!(account.movements("r-1").await, 1);
}

#[tokio::test]
async fn the_charge_is_an_id_until_it_is_expanded() {
    let account = Account::start(json!({})).await;
    let id = account.create("r-1").await.id().to_owned();
    account.confirm(&id, "k").await;
    let charge = account.retrieve(&id).await["latest_charge"].clone();
    assert!(text(&charge).starts_with("ch_"));

    let path = format!("/v1/payment_intents/{id}?expand[]=latest_charge");
    let expanded = account.get(&path).await.body;
    assert_eq!(expanded["latest_charge"]["id"], charge);
    assert_eq!(expanded["latest_charge"]["metadata"]["request_id"], "r-1");
    assert!(expanded["latest_charge"]["created"].is_i64());
}

#[tokio::test]
async fn a_confirmation_uses_the_payment_method_of_the_creation() {
    let account = Account::start(json!({})).await;
    let id = account.create("r-1").await.id().to_owned();
    let path = format!("/v1/payment_intents/{id}/confirm");
    let fields = [("expand[]", "latest_charge"), ("off_session", "true")];
    let confirmed = account.post(&path, "k", &fields).await.body;
    assert_eq!(confirmed["status"], "succeeded");
    assert_eq!(confirmed["latest_charge"]["status"], "succeeded");
}

#[tokio::test]
async fn a_declined_payment_is_open_until_it_is_cancelled() {
    let account = Account::start(json!({})).await;
    account
        .card("r-1", "pm_card_visa_chargeDeclinedInsufficientFunds")
        .await;
    let id = account.create("r-1").await.id().to_owned();
    let declined = account.confirm(&id, "first").await;
    assert_eq!(declined.status, 402);
    assert_eq!(declined.error("type"), "card_error");
    assert_eq!(declined.error("decline_code"), "insufficient_funds");
    let intent = account.retrieve(&id).await;
    assert_eq!(declined.body["error"]["payment_intent"], intent);
    assert_eq!(intent["status"], "requires_payment_method");
    assert_eq!(intent["payment_method"], json!(null));
    let error = &intent["last_payment_error"];
    assert_eq!(error["decline_code"], "insufficient_funds");

    // With a good card, the same payment would still charge.
    account.card("r-1", "pm_card_visa").await;
    let other = account.create("r-2").await.id().to_owned();
    assert_eq!(
        account.confirm(&id, "second").await.body["status"],
        "succeeded"
    );

    let cancelled = account.cancel(&other, "cancel").await.body;
    assert_eq!(cancelled["status"], "canceled");
    assert!(cancelled["canceled_at"].is_i64());
    assert_eq!(account.cancel(&other, "again").await.status, 400);
    assert_eq!(account.confirm(&other, "late").await.status, 400);
    assert_eq!(account.movements("r-2").await, 0);
}

#[tokio::test]
async fn cancelling_clears_the_decline() {
    let account = Account::start(json!({})).await;
    account.card("r-1", "pm_card_visa_chargeDeclined").await;
    let id = account.create("r-1").await.id().to_owned();
    assert_eq!(account.confirm(&id, "k").await.status, 402);
    let cancelled = account.cancel(&id, "c").await.body;
    assert_eq!(cancelled["last_payment_error"], json!(null));
}

#[tokio::test]
async fn nobody_is_there_to_authenticate() {
    let account = Account::start(json!({})).await;
    account.card("r-1", "pm_card_authenticationRequired").await;
    let id = account.create("r-1").await.id().to_owned();
    let declined = account.confirm(&id, "k").await;
    assert_eq!(declined.status, 402);
    assert_eq!(declined.error("code"), "authentication_required");
    assert_eq!(account.retrieve(&id).await["latest_charge"], json!(null));
    assert_eq!(account.movements("r-1").await, 0);
}

#[tokio::test]
async fn a_processing_payment_settles_later_or_by_hand() {
    let account = Account::start(json!({ "payments_settle_after": "50ms" })).await;
    for (request_id, card) in [
        ("r-1", "pm_usBankAccount_success"),
        ("r-2", "pm_usBankAccount_insufficientFunds"),
        ("r-3", "pm_usBankAccount_processing"),
    ] {
        account.card(request_id, card).await;
        let id = account.create(request_id).await.id().to_owned();
        let confirmed = account.confirm(&id, request_id).await.body;
        assert_eq!(confirmed["status"], "processing");
        assert_eq!(account.cancel(&id, "c").await.status, 400);
    }
    let have = |expected: [&'static str; 3]| {
        move |payments: &Value| {
            let ours = payments.as_array().unwrap()[1..].iter();
            ours.map(|it| &it["status"]).eq(expected)
        }
    };
    let settled = have(["succeeded", "requires_payment_method", "processing"]);
    account.wait_until("/sim/payments", settled).await;
    let succeeds = json!({ "succeeds": true });
    account
        .tell(Method::POST, "/sim/payments/r-3/settle", succeeds)
        .await;
    let by_hand = have(["succeeded", "requires_payment_method", "succeeded"]);
    account.wait_until("/sim/payments", by_hand).await;
}

#[tokio::test]
async fn one_call_at_a_time_changes_a_payment() {
    let account = Account::start(json!({})).await;
    let id = account.create("r-1").await.id().to_owned();
    account
        .fault(json!({ "on": "confirm_payment_intent", "takes": "2s", "times": 0 }))
        .await;
    let (one, other) = tokio::join!(account.confirm(&id, "a"), account.confirm(&id, "b"));
    let mut statuses = [one.status, other.status];
    statuses.sort();
    assert_eq!(statuses, [200, 429]);
    let refused = if one.status == 429 { one } else { other };
    assert_eq!(refused.error("code"), "lock_timeout");
    assert!(!refused.headers.contains_key("retry-after"));
}

#[tokio::test]
async fn a_confirmation_that_arrives_late_loses_to_a_cancellation() {
    let account = Account::start(json!({})).await;
    let id = account.create("r-1").await.id().to_owned();
    let fault = json!({
        "on": "confirm_payment_intent", "kind": "reset", "arrives_after": "1s",
    });
    account.fault(fault).await;
    let path = format!("/v1/payment_intents/{id}/confirm");
    let confirmation = account.confirmation();
    let lost = account.try_post(&path, "late", &confirmation).await;
    assert!(lost.is_err());
    assert_eq!(account.cancel(&id, "c").await.body["status"], "canceled");
    account
        .wait_until("/sim/journal", |journal| {
            let last = journal.as_array().unwrap().last().unwrap();
            last["operation"] == "confirm_payment_intent" && last["status"] == 400
        })
        .await;
    assert_eq!(account.movements("r-1").await, 0);
}

#[tokio::test]
async fn a_card_is_saved_as_on_stripe() {
    let account = Account::start(json!({})).await;
    let customer = account
        .post("/v1/customers", "c", &[("metadata[rider]", "7")])
        .await;
    let path = "/v1/payment_methods/pm_card_visa/attach";
    let fields = [("customer", customer.id())];
    let card: Answer = account.post(path, "a", &fields).await;
    assert_eq!(card.body["customer"], customer.id());

    let foreign = [
        ("amount", "100"),
        ("currency", "kgs"),
        ("customer", text(&account.order["customer"])),
        ("payment_method", card.id()),
    ];
    let refused = account.post("/v1/payment_intents", "p", &foreign).await;
    assert_eq!(refused.status, 400);
    assert_eq!(refused.error("param"), "payment_method");
}

#[tokio::test]
async fn a_list_is_of_one_customer_and_as_old_as_is_asked() {
    let account = Account::start(json!({})).await;
    account.pay_order("kgs", 500, "pm_card_visa").await;
    let oldest = account
        .retrieve(text(&account.order["payment_intent"]))
        .await;
    for request_id in ["r-1", "r-2", "r-3"] {
        account.create(request_id).await;
    }
    let customer = text(&account.order["customer"]);
    let since = |second: i64| {
        format!("/v1/payment_intents?customer={customer}&created[gte]={second}&limit=2")
    };
    let created = oldest["created"].as_i64().unwrap();
    let first = account.get(&since(created)).await.body;
    assert_eq!(requests(&first), ["r-3", "r-2"]);
    assert_eq!(first["has_more"], true);
    let last = text(&first["data"][1]["id"]);
    let path = format!("{}&starting_after={last}", since(created));
    let next = account.get(&path).await.body;
    assert_eq!(next["data"][0]["metadata"]["request_id"], "r-1");
    assert_eq!(next["data"][1], oldest);
    assert_eq!(next["has_more"], false);
    let later = account.get(&since(created + 3600)).await.body;
    assert_eq!(later["data"], json!([]));
}
