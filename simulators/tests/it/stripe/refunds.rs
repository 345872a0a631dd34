//! Refunds: their limits, their later statuses, their lists.

use reqwest::Method;
use serde_json::json;

use super::account::{Account, requests, text};

#[tokio::test]
async fn no_more_than_was_charged() {
    let account = Account::start(json!({})).await;
    assert_eq!(
        account.refund("r-1", "60000").await.body["status"],
        "succeeded"
    );
    let too_much = account.refund("r-2", "40001").await;
    assert_eq!(too_much.status, 400);
    assert_eq!(too_much.error("param"), "amount");
    account.refund("r-3", "40000").await;
    let refunded = account.refund("r-4", "1").await;
    assert_eq!(refunded.error("code"), "charge_already_refunded");
    let intent = text(&account.order["payment_intent"]);
    assert_eq!(account.retrieve(intent).await["status"], "succeeded");
}

#[tokio::test]
async fn what_was_never_charged_is_not_refunded() {
    let account = Account::start(json!({})).await;
    let id = account.create("r-1").await.id().to_owned();
    for target in [id.as_str(), "pi_of_nobody"] {
        let fields = [("payment_intent", target)];
        let refused = account.post("/v1/refunds", target, &fields).await;
        assert_eq!(refused.status, 400);
    }
}

#[tokio::test]
async fn a_pending_one_succeeds_and_a_succeeded_one_fails_later() {
    let account = Account::start(json!({ "refunds_settle_after": "100ms" })).await;
    account.card("r-1", "pm_card_pendingRefund").await;
    account.card("r-2", "pm_card_refundFail").await;
    let pending = account.refund("r-1", "100").await;
    let doomed = account.refund("r-2", "200").await;
    assert_eq!(pending.body["status"], "pending");
    assert_eq!(doomed.body["status"], "succeeded");
    account
        .wait_until("/sim/refunds", |refunds| {
            refunds[0]["status"] == "succeeded" && refunds[1]["status"] == "failed"
        })
        .await;
    let failed = account.retrieve(doomed.id()).await;
    assert_eq!(failed["status"], "failed");
    assert_eq!(failed["failure_reason"], "expired_or_canceled_card");
    // Its money can be refunded again.
    assert_eq!(account.refund("r-3", "99900").await.status, 200);
}

#[tokio::test]
async fn a_status_flips_by_hand() {
    let account = Account::start(json!({})).await;
    let id = account.refund("r-1", "100").await.id().to_owned();
    let failed = json!({ "status": "failed" });
    account
        .tell(Method::POST, "/sim/refunds/r-1/status", failed)
        .await;
    assert_eq!(account.retrieve(&id).await["status"], "failed");
    let ledger = account.read("/sim/ledger?request_id=r-1").await;
    assert_eq!(ledger[0]["status"], "failed");
}

#[tokio::test]
async fn lists_begin_with_the_newest_and_have_pages() {
    let account = Account::start(json!({})).await;
    for request_id in ["r-1", "r-2", "r-3"] {
        account.refund(request_id, "100").await;
    }
    let other = account.pay_order("kgs", 500, "pm_card_visa").await;
    let fields = [("payment_intent", text(&other["payment_intent"]))];
    account.post("/v1/refunds", "other", &fields).await;

    let intent = text(&account.order["payment_intent"]);
    let path = format!("/v1/refunds?payment_intent={intent}&limit=2");
    let first = account.get(&path).await.body;
    assert_eq!(requests(&first), ["r-3", "r-2"]);
    assert_eq!(first["has_more"], true);
    let last = text(&first["data"][1]["id"]);
    let next = account
        .get(&format!("{path}&starting_after={last}"))
        .await
        .body;
    assert_eq!(requests(&next), ["r-1"]);
    assert_eq!(next["has_more"], false);
}

#[tokio::test]
async fn a_list_can_lag_while_the_id_is_found() {
    let account = Account::start(json!({ "list_lag": "1h" })).await;
    let id = account.refund("r-1", "100").await.id().to_owned();
    assert_eq!(account.retrieve(&id).await["id"], id);
    let listed = account.get("/v1/refunds?limit=1").await.body;
    assert_eq!(listed["data"], json!([]));
}

#[tokio::test]
async fn amounts_follow_the_order_s_currency() {
    let mut account = Account::start(json!({})).await;
    account.order = account.pay_order("ugx", 380_000, "pm_card_visa").await;
    assert_eq!(account.refund("r-1", "10050").await.status, 400);
    assert_eq!(account.refund("r-1", "10000").await.status, 200);
    assert_eq!(account.create_with("r-2", "kwd", "1255").await.status, 400);
    assert_eq!(account.create_with("r-2", "kwd", "1250").await.status, 200);
}
