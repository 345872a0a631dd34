//! What is checked before any execution, and what the journal keeps of it.

use reqwest::Method;
use serde_json::json;

use super::account::{Account, Answer, PAYMENT_KEY, REFUND_KEY, SECRET_KEY};

const PAYMENTS: &str = "/v1/payment_intents?limit=1";
const REFUNDS: &str = "/v1/refunds?limit=1";

#[tokio::test]
async fn a_restricted_key_does_what_it_is_for() {
    let account = Account::start(json!({})).await;
    for (key, path, status) in [
        (SECRET_KEY, PAYMENTS, 200),
        (SECRET_KEY, REFUNDS, 200),
        (PAYMENT_KEY, PAYMENTS, 200),
        (PAYMENT_KEY, REFUNDS, 403),
        (REFUND_KEY, PAYMENTS, 403),
        (REFUND_KEY, REFUNDS, 200),
        ("sk_test_of_nobody", PAYMENTS, 401),
    ] {
        let request = account.request_with(key, Method::GET, path);
        let answer = Answer::read(request.send().await.unwrap()).await;
        assert_eq!(answer.status, status, "{key} {path}");
    }
    let journal = account.read("/sim/journal").await.to_string();
    for secret in [SECRET_KEY, PAYMENT_KEY, REFUND_KEY] {
        assert!(!journal.contains(secret));
    }
    let secrets = account.read("/sim/secrets").await.to_string();
    assert!(secrets.contains(PAYMENT_KEY));
}

#[tokio::test]
async fn keys_are_added_and_removed() {
    let account = Account::start(json!({})).await;
    let key = json!({ "key": "rk_test_new", "permissions": ["charge_read"] });
    account.tell(Method::POST, "/sim/keys", key.clone()).await;
    let status = async || {
        let request = account.request_with("rk_test_new", Method::GET, REFUNDS);
        request.send().await.unwrap().status()
    };
    assert_eq!(status().await, 200);
    account.tell(Method::DELETE, "/sim/keys", key).await;
    assert_eq!(status().await, 401);
}

#[tokio::test]
async fn the_version_is_pinned() {
    let account = Account::start(json!({})).await;
    let request = account.http.get(account.server.url() + PAYMENTS);
    let sent = request.bearer_auth(SECRET_KEY).send().await;
    assert_eq!(sent.unwrap().status(), 400);
}

#[tokio::test]
async fn a_body_is_a_form_of_known_parameters() {
    let account = Account::start(json!({})).await;
    let json = account
        .request(Method::POST, "/v1/refunds")
        .json(&json!({ "amount": 1 }))
        .send()
        .await;
    assert_eq!(json.unwrap().status(), 400);

    let path = "/v1/payment_intents";
    let known = [("amount", "100"), ("currency", "kgs")];
    let with = async |name: &'static str, value: &'static str| {
        let fields = [known[0], known[1], (name, value)];
        account.post(path, name, &fields).await
    };
    let unknown = with("amont", "100").await;
    assert_eq!(unknown.error("code"), "parameter_unknown");
    assert_eq!(unknown.error("param"), "amont");
    assert_eq!(with("off_session", "true").await.status, 400);
    assert_eq!(with("expand[]", "nonsense").await.status, 400);
    let other = account.post(path, "currency", &[("amount", "100"), ("currency", "KGS")]);
    assert_eq!(other.await.error("param"), "currency");
    let missing = account.post(path, "amount", &known[1..]).await;
    assert_eq!(missing.error("code"), "parameter_missing");
    assert_eq!(with("expand[]", "latest_charge").await.status, 200);
    let all = account.read("/sim/payments").await;
    assert_eq!(all.as_array().unwrap().len(), 2, "the order and one more");
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() {
    let account = Account::start(json!({})).await;
    for path in ["/v1/payment_intents/pi_1", "/v1/refunds/re_1"] {
        let missing = account.get(path).await;
        assert_eq!(missing.status, 404);
        assert_eq!(missing.error("code"), "resource_missing");
        assert!(missing.headers.contains_key("request-id"));
    }
    assert_eq!(account.get("/v1/payouts").await.status, 404);
    assert_eq!(account.confirm("pi_1", "k").await.status, 404);
}
