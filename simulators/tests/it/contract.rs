//! The calls of `docs/api/partner.yaml` without any fault: schemas, keys, sessions, what is found and what not.

use serde_json::{Value, json};
use simulators::partner::OperationType::{Payment, Reversal};

use crate::merchant::{Merchant, key, refusal};

fn code(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

#[tokio::test]
async fn a_payment_is_pending_then_completed() {
    let merchant = Merchant::start(json!({})).await;
    let response = merchant.submit(Payment, "o-1", json!({})).await.unwrap();
    assert_eq!(response.status(), 202);
    let first: Value = response.json().await.unwrap();
    assert_eq!(first["status"], "PENDING");
    assert_eq!(merchant.movements("r-1").await, 0);

    let last = merchant.status_after("PENDING", "o-1", "r-1").await;
    assert_eq!(last["status"], "COMPLETED");
    for field in [
        "requestId",
        "kind",
        "amount",
        "currency",
        "partnerPaymentId",
    ] {
        assert_eq!(first[field], last[field], "{field}");
    }
    assert_eq!(last["amount"], "125.50");
    assert_eq!(last["kind"], "PAYMENT");
    assert_eq!(merchant.movements("r-1").await, 1);
}

#[tokio::test]
async fn bodies_are_held_to_the_schema() {
    let merchant = Merchant::start(json!({})).await;
    for body in [
        "",
        "{",
        "[]",
        r#"["o-1","PAYMENT"]"#,
        r#"{"orderId":"o-1"}"#,
        r#"{"orderId":"","operation":"PAYMENT"}"#,
        r#"{"orderId":"o-1","operation":"payment"}"#,
        r#"{"orderId":"o-1","operation":"PAYMENT","more":1}"#,
        r#"{"orderId":"o-1","orderId":"o-1","operation":"PAYMENT"}"#,
    ] {
        let answer = refusal(merchant.signed(Payment, "/v1/initSession", body).await).await;
        assert_eq!(answer, code(400, "malformed"), "{body}");
    }
    let session = merchant.session(Payment, "o-1").await;
    let yen = json!({ "amount": "125.00", "currency": "JPY" });
    let callback = |url: &str| json!({ "paymentCompletedCallbackUrl": url });
    let too_long = format!("http://a/{}", "x".repeat(512));
    for (fields, expected) in [
        (json!({ "more": 1 }), "malformed"),
        (json!({ "requestId": "a b" }), "malformed"),
        (json!({ "requestId": "r".repeat(65) }), "malformed"),
        (json!({ "amount": 125.5 }), "malformed"),
        (json!({ "currency": "kgs" }), "malformed"),
        (json!({ "currency": "QQQ" }), "currency_unsupported"),
        (json!({ "amount": "125.5" }), "amount_malformed"),
        (json!({ "amount": "0.00" }), "amount_malformed"),
        (yen, "amount_malformed"),
        (callback("not a url"), "callback_url_refused"),
        (callback("ftp://a.example/"), "callback_url_refused"),
        (callback("http://u:p@a.example/"), "callback_url_refused"),
        (callback(&too_long), "malformed"),
    ] {
        let answer = refusal(merchant.submit_in(Payment, &session, fields.clone()).await).await;
        assert_eq!(answer, code(400, expected), "{fields}");
    }
    // None of these used the session up.
    let accepted = merchant.submit_in(Payment, &session, json!({})).await;
    assert_eq!(accepted.unwrap().status(), 202);
}

#[tokio::test]
async fn a_session_admits_one_submission_of_its_kind() {
    let merchant = Merchant::start(json!({})).await;
    let session = merchant.session(Payment, "o-1").await;
    let accepted = merchant.submit_in(Payment, &session, json!({})).await;
    assert_eq!(accepted.unwrap().status(), 202);
    let again = merchant.submit_in(Payment, &session, json!({})).await;
    assert_eq!(refusal(again).await, code(410, "session_used"));
    let unknown = merchant.submit_in(Payment, "s-0", json!({})).await;
    assert_eq!(refusal(unknown).await, code(404, "session_not_found"));

    let reversal = merchant.submit_in(Reversal, &session, json!({})).await;
    assert_eq!(refusal(reversal).await, code(403, "key_purpose_mismatch"));
    let body = json!({ "orderId": "o-1", "operation": "REVERSAL" }).to_string();
    let opened = merchant.signed(Payment, "/v1/initSession", &body).await;
    assert_eq!(refusal(opened).await, code(403, "key_purpose_mismatch"));
}

#[tokio::test]
async fn status_is_about_the_session_s_order_and_kind() {
    let merchant = Merchant::start(json!({ "completes_after": "0s" })).await;
    let response = merchant.submit(Payment, "o-1", json!({})).await.unwrap();
    assert_eq!(response.status(), 200, "final at once");
    assert_eq!(merchant.status("o-1", "r-1").await.unwrap().status(), 200);
    let other_order = merchant.status("o-2", "r-1").await;
    assert_eq!(refusal(other_order).await, code(404, "request_not_found"));
    let never_made = merchant.status("o-1", "r-2").await;
    assert_eq!(refusal(never_made).await, code(404, "request_not_found"));

    let session = merchant.session(Reversal, "o-1").await;
    let body = json!({ "sessionId": session, "requestId": "r-1" }).to_string();
    let other_kind = merchant.signed(Reversal, "/v1/paymentStatus", &body).await;
    assert_eq!(refusal(other_kind).await, code(404, "request_not_found"));
}

#[tokio::test]
async fn keys_come_and_go() {
    let merchant = Merchant::start(json!({})).await;
    let payment = key(Payment);
    let body = json!({
        "merchant_id": "m-1001",
        "key_id": payment.id,
        "purpose": "PAYMENT",
        "public_key_pem": payment.public_pem,
    });
    let open = json!({ "orderId": "o-1", "operation": "PAYMENT" }).to_string();

    merchant.control("DELETE /sim/keys", body.clone()).await;
    let without = merchant.signed(Payment, "/v1/initSession", &open).await;
    assert_eq!(refusal(without).await, code(401, "key_unknown"));
    let added = merchant.control("POST /sim/keys", body.clone()).await;
    assert_eq!(added.status(), 204);
    let with = merchant.signed(Payment, "/v1/initSession", &open).await;
    assert_eq!(with.unwrap().status(), 200);

    let mut nonsense = body;
    nonsense["public_key_pem"] =
        json!("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n");
    let told = merchant.control("POST /sim/keys", nonsense).await;
    assert_eq!(told.status(), 400);
}

#[tokio::test]
async fn the_journal_tells_all_but_secrets() {
    let merchant = Merchant::start(json!({})).await;
    let session = merchant.session(Payment, "o-1").await;
    for _ in 0..2 {
        let sent = merchant.submit_in(Payment, &session, json!({})).await;
        sent.unwrap();
    }

    let journal = merchant.read("/sim/journal").await;
    assert_eq!(journal[1]["request_id"], "r-1");
    assert_eq!(journal[1]["order_id"], "o-1");
    assert_eq!(journal[1]["status"], 202);
    assert_eq!(journal[1]["executed"], true);
    assert_eq!(journal[2]["code"], "session_used");
    assert_eq!(journal[2]["executed"], false);
    assert!(!journal.to_string().contains(&session));
    let operations = merchant.read("/sim/operations").await;
    assert!(!operations.to_string().contains("token"));

    let secrets = merchant.read("/sim/secrets").await;
    assert_eq!(secrets["session_ids"], json!([session]));
    let address = secrets["callback_addresses"][0].as_str().unwrap();
    assert!(address.ends_with("?token=t"));
}
