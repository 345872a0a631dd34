//! When money moves, how often, and how much of it can be refunded.

use serde_json::{Value, json};
use simulators::partner::OperationType::{Payment, Reversal};

use crate::merchant::{Merchant, refusal};

const AT_ONCE: &str = "0s";

async fn order(merchant: &Merchant, order_id: &str, captured: &str, card: bool) {
    let body =
        json!({ "order_id": order_id, "currency": "KGS", "captured": captured, "card": card });
    let told = merchant.control("POST /sim/orders", body).await;
    assert_eq!(told.status(), 204);
}

async fn answer(merchant: &Merchant, reversal: Value) -> (u16, String) {
    refusal(merchant.submit(Reversal, "o-1", reversal).await).await
}

#[tokio::test]
async fn reversals_return_at_most_what_was_captured() {
    let merchant = Merchant::start(json!({ "completes_after": AT_ONCE })).await;
    order(&merchant, "o-1", "100.00", true).await;
    let too_much = (422, "amount_exceeds_balance".to_owned());
    let fine = (200, String::new());
    let of = |id: &str, amount: &str| json!({ "requestId": id, "amount": amount });

    assert_eq!(answer(&merchant, of("v-1", "100.01")).await, too_much);
    assert_eq!(answer(&merchant, of("v-2", "60.00")).await, fine);
    assert_eq!(answer(&merchant, of("v-3", "40.01")).await, too_much);

    // A completed extra payment adds to what can be refunded, a declined one does not.
    merchant
        .set("p-2", json!({ "decline": "do_not_honor" }))
        .await;
    for id in ["p-1", "p-2"] {
        let payment = merchant.submit(Payment, "o-1", of(id, "50.00")).await;
        assert_eq!(refusal(payment).await, fine);
    }
    assert_eq!(answer(&merchant, of("v-4", "90.01")).await, too_much);

    // A pending reversal reserves its amount; if it is declined, the amount is free again.
    merchant
        .set("v-5", json!({ "never_completes": true, "decline": "" }))
        .await;
    let pending = answer(&merchant, of("v-5", "90.00")).await;
    assert_eq!(pending, (202, String::new()));
    assert_eq!(answer(&merchant, of("v-6", "0.01")).await, too_much);
    merchant
        .control("POST /sim/operations/v-5/finish", json!({}))
        .await;
    assert_eq!(answer(&merchant, of("v-7", "90.00")).await, fine);
}

#[tokio::test]
async fn an_order_admits_only_what_it_can() {
    let merchant = Merchant::start(json!({})).await;
    order(&merchant, "unpaid", "0.00", true).await;
    order(&merchant, "cardless", "100.00", false).await;
    let unpaid = merchant.submit(Payment, "unpaid", json!({})).await;
    assert_eq!(refusal(unpaid).await, (422, "order_not_paid".to_owned()));
    let cardless = merchant.submit(Payment, "cardless", json!({})).await;
    assert_eq!(refusal(cardless).await, (422, "card_missing".to_owned()));
    let dollars = merchant
        .submit(Reversal, "cardless", json!({ "currency": "USD" }))
        .await;
    assert_eq!(
        refusal(dollars).await,
        (400, "currency_unsupported".to_owned())
    );
    let body = json!({ "orderId": "unknown-1", "operation": "PAYMENT" }).to_string();
    let unknown = merchant.signed(Payment, "/v1/initSession", &body).await;
    assert_eq!(refusal(unknown).await, (404, "order_not_found".to_owned()));
    assert_eq!(merchant.read("/sim/ledger").await, json!([]));
}

#[tokio::test]
async fn dedupe_answers_a_repeat_with_the_first() {
    let merchant = Merchant::start(json!({ "completes_after": AT_ONCE })).await;
    let mut ids = Vec::new();
    for _ in 0..2 {
        let state = merchant.pay("o-1", json!({})).await;
        ids.push(state["partnerPaymentId"].clone());
    }
    assert_eq!(ids[0], ids[1]);
    for (order, fields) in [
        ("o-1", json!({ "amount": "1.00" })),
        ("o-1", json!({ "currency": "USD" })),
        ("o-2", json!({})),
    ] {
        let other = merchant.submit(Payment, order, fields).await;
        assert_eq!(refusal(other).await, (409, "request_conflict".to_owned()));
    }
    assert_eq!(merchant.movements("r-1").await, 1);
}

#[tokio::test]
async fn charges_again_moves_money_twice_and_reports_the_first() {
    let defaults = json!({ "completes_after": AT_ONCE, "second_submission": "charges_again" });
    let merchant = Merchant::start(defaults).await;
    let first = merchant.pay("o-1", json!({})).await;
    let second = merchant.pay("o-1", json!({})).await;
    assert_ne!(first["partnerPaymentId"], second["partnerPaymentId"]);
    let status = merchant.state("o-1", "r-1").await;
    assert_eq!(status["partnerPaymentId"], first["partnerPaymentId"]);

    let ledger = merchant.read("/sim/ledger?request_id=r-1").await;
    assert_eq!(ledger[0]["partner_payment_id"], first["partnerPaymentId"]);
    assert_eq!(ledger[1]["partner_payment_id"], second["partnerPaymentId"]);
    assert_eq!(merchant.read("/sim/ledger?order_id=o-2").await, json!([]));
}

#[tokio::test]
async fn declined_moves_nothing() {
    let merchant = Merchant::start(json!({ "completes_after": AT_ONCE })).await;
    merchant
        .set("r-1", json!({ "decline": "never_heard_of" }))
        .await;
    merchant.set("r-2", json!({ "decline": "" })).await;
    let coded = merchant.pay("o-1", json!({})).await;
    assert_eq!(coded["status"], "DECLINED");
    assert_eq!(coded["declineCode"], "never_heard_of");
    let bare = merchant.pay("o-1", json!({ "requestId": "r-2" })).await;
    assert_eq!(bare["status"], "DECLINED");
    assert!(bare.get("declineCode").is_none());
    assert_eq!(merchant.read("/sim/ledger").await, json!([]));
}

#[tokio::test]
async fn the_day_report_lists_every_operation_of_the_day() {
    let merchant = Merchant::start(json!({ "completes_after": AT_ONCE, "decline": "a,b" })).await;
    merchant.submit(Payment, "o-1", json!({})).await.unwrap();
    let operations = merchant.read("/sim/operations").await;
    let finished_at = operations[0]["finished_at"].as_str().unwrap();
    let report = async |date: &str| {
        let url = format!("{}/sim/day-report?date={date}", merchant.server.url());
        let sent = merchant.http.get(url).send().await;
        sent.unwrap().text().await.unwrap()
    };
    let csv = report(&finished_at[..10]).await;
    let mut lines = csv.lines();
    assert_eq!(
        lines.next(),
        Some("requestId,kind,status,declineCode,amount,currency,partnerPaymentId,updatedAt")
    );
    let declined = "r-1,PAYMENT,DECLINED,\"a,b\",125.50,KGS,pp-";
    assert!(lines.next().unwrap().starts_with(declined));
    assert_eq!(report("2020-01-01").await.lines().count(), 1);
}
