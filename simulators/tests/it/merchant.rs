//! A merchant of the partner, and the partner itself, started for one test.

use aws_lc_rs::{
    digest::{SHA512, digest},
    rand::SystemRandom,
    signature::{ECDSA_P521_SHA512_ASN1_SIGNING, EcdsaKeyPair},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use jiff::Timestamp;
use reqwest::{Client, Response};
use serde_json::{Value, json};
use simulators::{
    partner::{self, MerchantKey, OperationType, Options, Scenario},
    server::Server,
};

/// A running partner with the merchant `m-1001`, and everything that a test does with it.
pub(crate) struct Merchant {
    pub(crate) http: Client,
    pub(crate) server: Server,
}

/// A key of the test vectors.
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) public_pem: String,
    private: EcdsaKeyPair,
}

pub(crate) fn key(kind: OperationType) -> Key {
    let vectors: Value = serde_json::from_str(include_str!(
        "../../../activities/tests/signing_vectors.json"
    ))
    .unwrap();
    let key = &vectors["keys"][if kind == OperationType::Payment { 0 } else { 1 }];
    let text = |field: &str| key[field].as_str().unwrap().to_owned();
    let pkcs8 = BASE64_STANDARD
        .decode(text("private_key_pkcs8_der_base64"))
        .unwrap();
    Key {
        id: text("key_id"),
        public_pem: text("public_key_spki_pem"),
        private: EcdsaKeyPair::from_pkcs8(&ECDSA_P521_SHA512_ASN1_SIGNING, &pkcs8).unwrap(),
    }
}

pub(crate) fn http() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}

impl Merchant {
    /// Starts a partner that creates unknown orders, with these fields over the built-in scenario.
    pub(crate) async fn start(defaults: Value) -> Merchant {
        let keys = [OperationType::Payment, OperationType::Reversal].map(|purpose| MerchantKey {
            merchant_id: "m-1001".to_owned(),
            key_id: key(purpose).id,
            purpose,
            public_key_pem: key(purpose).public_pem,
        });
        let defaults: Scenario = serde_json::from_value(defaults).unwrap();
        let server = partner::start(Options {
            listen: "127.0.0.1:0".parse().unwrap(),
            keys: keys.to_vec(),
            defaults,
            auto_orders: true,
        })
        .await
        .unwrap();
        Merchant {
            http: http(),
            server,
        }
    }

    /// Sends a body to a path of the API, signed with the key of this purpose.
    pub(crate) async fn signed(
        &self,
        purpose: OperationType,
        path: &str,
        body: &str,
    ) -> reqwest::Result<Response> {
        let key = key(purpose);
        let timestamp = Timestamp::now().as_second().to_string();
        let hash: String = digest(&SHA512, body.as_bytes())
            .as_ref()
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        let message = ["POST", path, "m-1001", &key.id, &timestamp, &hash].join("\n");
        let signature = key
            .private
            .sign(&SystemRandom::new(), message.as_bytes())
            .unwrap();
        self.http
            .post(self.server.url() + path)
            .header("x-merchant-id", "m-1001")
            .header("x-key-id", &key.id)
            .header("x-timestamp", timestamp)
            .header("x-signature", BASE64_STANDARD.encode(signature))
            .body(body.to_owned())
            .send()
            .await
    }

    pub(crate) async fn session(&self, kind: OperationType, order_id: &str) -> String {
        let body = json!({ "orderId": order_id, "operation": kind }).to_string();
        let response = self.signed(kind, "/v1/initSession", &body).await.unwrap();
        let session: Value = response.error_for_status().unwrap().json().await.unwrap();
        session["sessionId"].as_str().unwrap().to_owned()
    }

    /// Submits in a session of its own.
    pub(crate) async fn submit(
        &self,
        kind: OperationType,
        order: &str,
        body: Value,
    ) -> reqwest::Result<Response> {
        let session = self.session(kind, order).await;
        self.submit_in(kind, &session, body).await
    }

    /// Submits with these fields over usual ones: 125.50 KGS.
    pub(crate) async fn submit_in(
        &self,
        kind: OperationType,
        session: &str,
        fields: Value,
    ) -> reqwest::Result<Response> {
        let mut body = json!({
            "sessionId": session,
            "requestId": "r-1",
            "amount": "125.50",
            "currency": "KGS",
            // Nothing listens on this port, which is never assigned.
            "paymentCompletedCallbackUrl": "http://127.0.0.1:1/on_payment_completed?token=t",
        });
        for (field, value) in fields.as_object().unwrap() {
            body[field] = value.clone();
        }
        self.signed(kind, path(kind), &body.to_string()).await
    }

    /// Submits a payment in a session of its own, and returns what the partner answers.
    pub(crate) async fn pay(&self, order: &str, fields: Value) -> Value {
        let answer = self.submit(OperationType::Payment, order, fields).await;
        answer.unwrap().json().await.unwrap()
    }

    /// Asks for a payment's status in a session of its own.
    pub(crate) async fn status(&self, order: &str, request: &str) -> reqwest::Result<Response> {
        let session = self.session(OperationType::Payment, order).await;
        let body = json!({ "sessionId": session, "requestId": request }).to_string();
        self.signed(OperationType::Payment, "/v1/paymentStatus", &body)
            .await
    }

    /// The state, or the error, that the partner answers.
    pub(crate) async fn state(&self, order: &str, request: &str) -> Value {
        let answer = self.status(order, request).await.unwrap();
        answer.json().await.unwrap()
    }

    /// Asks until the status has changed from this one.
    pub(crate) async fn status_after(&self, passing: &str, order: &str, request: &str) -> Value {
        for _ in 0..400 {
            let state = self.state(order, request).await;
            if state["status"] != passing && state["code"] != passing {
                return state;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("{request} is {passing} for twenty seconds");
    }

    pub(crate) async fn read(&self, path: &str) -> Value {
        let sent = self.http.get(self.server.url() + path).send().await;
        let response = sent.unwrap().error_for_status();
        response.unwrap().json().await.unwrap()
    }

    /// A call under `/sim`, such as `PUT /sim/scenarios`.
    pub(crate) async fn control(&self, call: &str, body: Value) -> Response {
        let (method, path) = call.split_once(' ').unwrap();
        let url = self.server.url() + path;
        let request = self.http.request(method.parse().unwrap(), url);
        request.json(&body).send().await.unwrap()
    }

    pub(crate) async fn set(&self, request_id: &str, scenario: Value) {
        let body = json!({ "request_id": request_id, "scenario": scenario });
        let told = self.control("PUT /sim/scenarios", body).await;
        assert_eq!(told.status(), 200, "{}", told.text().await.unwrap());
    }

    /// How often money moved for a request.
    pub(crate) async fn movements(&self, request_id: &str) -> usize {
        let path = format!("/sim/ledger?request_id={request_id}");
        self.read(&path).await.as_array().unwrap().len()
    }
}

pub(crate) fn path(kind: OperationType) -> &'static str {
    match kind {
        OperationType::Payment => "/v1/completeMerchantAcquiring",
        OperationType::Reversal => "/v1/processPaymentReversal",
    }
}

/// The status and the error code of an answer.
pub(crate) async fn refusal(response: reqwest::Result<Response>) -> (u16, String) {
    let response = response.unwrap();
    let status = response.status().as_u16();
    let body: Value = response.json().await.unwrap();
    (status, body["code"].as_str().unwrap_or_default().to_owned())
}
