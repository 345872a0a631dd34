//! An account at Stripe, started for one test, with one paid order.

use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder, Response, header::HeaderMap};
use serde_json::{Value, json};
use simulators::{
    server::Server,
    stripe::{self, ApiKey, Options, Permission},
};
use url::form_urlencoded;

use crate::merchant::http;

/// A running Stripe, and everything that a test does with it.
pub(crate) struct Account {
    pub(crate) http: Client,
    pub(crate) server: Server,
    /// The customer, payment method and payment of an order of 1,000.00 KGS.
    pub(crate) order: Value,
}

/// An answer with its headers.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

pub(crate) const SECRET_KEY: &str = "sk_test_of_everything";
pub(crate) const PAYMENT_KEY: &str = "rk_test_of_payments";
pub(crate) const REFUND_KEY: &str = "rk_test_of_refunds";

impl Account {
    pub(crate) async fn start(settings: Value) -> Account {
        let key = |key: &str, permissions: &[Permission]| ApiKey {
            key: key.to_owned(),
            permissions: permissions.to_vec(),
        };
        let server = stripe::start(Options {
            listen: "127.0.0.1:0".parse().unwrap(),
            keys: vec![
                key(SECRET_KEY, &[]),
                key(PAYMENT_KEY, &[Permission::PaymentIntentWrite]),
                key(REFUND_KEY, &[Permission::ChargeWrite]),
            ],
            settings: serde_json::from_value(settings).unwrap(),
        })
        .await
        .unwrap();
        let mut account = Account {
            http: http(),
            server,
            order: Value::Null,
        };
        account.order = account.pay_order("kgs", 100_000, "pm_card_visa").await;
        account
    }

    pub(crate) async fn pay_order(&self, currency: &str, amount: i64, card: &str) -> Value {
        let order = json!({
            "order_id": "o-1", "currency": currency, "amount": amount, "card": card,
        });
        self.tell(Method::POST, "/sim/orders", order).await
    }

    /// A request with the usual headers.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.request_with(SECRET_KEY, method, path)
    }

    pub(crate) fn request_with(&self, key: &str, method: Method, path: &str) -> RequestBuilder {
        self.http
            .request(method, self.server.url() + path)
            .bearer_auth(key)
            .header("stripe-version", "2026-10-28.endive")
    }

    pub(crate) async fn try_post(
        &self,
        path: &str,
        key: &str,
        fields: &[(&str, &str)],
    ) -> reqwest::Result<Response> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        self.request(Method::POST, path)
            .header("idempotency-key", key)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.finish())
            .send()
            .await
    }

    pub(crate) async fn post(&self, path: &str, key: &str, fields: &[(&str, &str)]) -> Answer {
        Answer::read(self.try_post(path, key, fields).await.unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        let sent = self.request(Method::GET, path).send().await;
        Answer::read(sent.unwrap()).await
    }

    /// Creates a payment of 125.50 KGS with the order's card.
    pub(crate) async fn create(&self, request_id: &str) -> Answer {
        self.create_with(request_id, "kgs", "12550").await
    }

    pub(crate) async fn create_with(
        &self,
        request_id: &str,
        currency: &str,
        amount: &str,
    ) -> Answer {
        let fields = [
            ("amount", amount),
            ("currency", currency),
            ("customer", text(&self.order["customer"])),
            ("payment_method", text(&self.order["payment_method"])),
            ("metadata[request_id]", request_id),
        ];
        let key = format!("{request_id}:create");
        self.post("/v1/payment_intents", &key, &fields).await
    }

    pub(crate) async fn confirm(&self, id: &str, key: &str) -> Answer {
        let path = format!("/v1/payment_intents/{id}/confirm");
        self.post(&path, key, &self.confirmation()).await
    }

    pub(crate) fn confirmation(&self) -> [(&str, &str); 2] {
        let card = text(&self.order["payment_method"]);
        [("off_session", "true"), ("payment_method", card)]
    }

    pub(crate) async fn cancel(&self, id: &str, key: &str) -> Answer {
        let path = format!("/v1/payment_intents/{id}/cancel");
        self.post(&path, key, &[]).await
    }

    pub(crate) async fn retrieve(&self, id: &str) -> Value {
        let kind = if id.starts_with("re_") {
            "refunds"
        } else {
            "payment_intents"
        };
        self.get(&format!("/v1/{kind}/{id}")).await.body
    }

    /// Refunds a part of the order.
    pub(crate) async fn refund(&self, request_id: &str, amount: &str) -> Answer {
        let fields = [
            ("payment_intent", text(&self.order["payment_intent"])),
            ("amount", amount),
            ("metadata[request_id]", request_id),
        ];
        let key = format!("{request_id}:refund");
        self.post("/v1/refunds", &key, &fields).await
    }

    /// A change under `/sim`, with its answer.
    pub(crate) async fn tell(&self, method: Method, path: &str, body: Value) -> Value {
        let request = self.http.request(method, self.server.url() + path);
        let answer = request.json(&body).send().await.unwrap();
        let status = answer.status();
        let body = answer.text().await.unwrap();
        assert!(status.is_success(), "{path} answered {status}: {body}");
        serde_json::from_str(&body).unwrap_or_default()
    }

    pub(crate) async fn fault(&self, fault: Value) {
        self.tell(Method::POST, "/sim/faults", fault).await;
    }

    pub(crate) async fn card(&self, id: &str, card: &str) {
        let card = json!({ "card": card });
        self.tell(Method::PUT, &format!("/sim/cards/{id}"), card)
            .await;
    }

    pub(crate) async fn read(&self, path: &str) -> Value {
        let sent = self.http.get(self.server.url() + path).send().await;
        sent.unwrap().json().await.unwrap()
    }

    /// Waits until what is read there is so.
    pub(crate) async fn wait_until(&self, path: &str, is_so: impl Fn(&Value) -> bool) {
        for _ in 0..400 {
            if is_so(&self.read(path).await) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("{path} is {}", self.read(path).await);
    }

    /// How often a request moved money.
    pub(crate) async fn movements(&self, request_id: &str) -> usize {
        let path = format!("/sim/ledger?request_id={request_id}");
        self.read(&path).await.as_array().unwrap().len()
    }
}

impl Answer {
    pub(crate) async fn read(response: Response) -> Answer {
        Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.json().await.unwrap(),
        }
    }

    pub(crate) fn id(&self) -> &str {
        assert_eq!(self.status, 200, "{}", self.body);
        text(&self.body["id"])
    }

    pub(crate) fn error(&self, field: &str) -> &str {
        self.body["error"][field].as_str().unwrap_or("none")
    }

    pub(crate) fn is_replayed(&self) -> bool {
        self.headers.contains_key("idempotent-replayed")
    }
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// The requests of the objects of a list.
pub(crate) fn requests(list: &Value) -> Vec<&str> {
    let rows = list["data"].as_array().unwrap().iter();
    rows.map(|it| text(&it["metadata"]["request_id"])).collect()
}
