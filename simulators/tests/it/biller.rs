//! Billing, started for one test, and its one client.

use std::fs;

use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use simulators::{bearer::Options, billing, server::Server};
use tempfile::NamedTempFile;

use crate::merchant::http;

/// A running billing, and everything that a test does with it.
pub(crate) struct Billing {
    http: Client,
    server: Server,
    pub(crate) token_file: NamedTempFile,
}

pub(crate) fn payment() -> Value {
    json!({
        "order_id": "o-1",
        "request_id": "r-1",
        "partner_payment_id": "pp-1",
        "merchant": "kg",
        "amount": "125.50",
        "currency": "KGS",
        "completed_at": "2026-11-24T08:00:00Z",
    })
}

impl Billing {
    pub(crate) async fn start() -> Billing {
        let token_file = NamedTempFile::new().unwrap();
        fs::write(&token_file, "first-token\n").unwrap();
        let server = billing::start(Options {
            listen: "127.0.0.1:0".parse().unwrap(),
            token_file: token_file.path().to_owned(),
        })
        .await
        .unwrap();
        Billing {
            http: http(),
            server,
            token_file,
        }
    }

    fn request(&self, token: &str, key: &str, body: &Value) -> RequestBuilder {
        self.http
            .post(self.server.url() + "/v1/extra-payments")
            .bearer_auth(token)
            .header("idempotency-key", key)
            .json(body)
    }

    /// The status with which a call is answered.
    pub(crate) async fn status(&self, token: &str, key: &str, body: &Value) -> StatusCode {
        let sent = self.request(token, key, body).send().await;
        sent.unwrap().status()
    }

    pub(crate) async fn record(&self) -> reqwest::Result<Response> {
        let request = self.request("first-token", "r-1", &payment());
        request.send().await
    }

    pub(crate) async fn recorded(&self) -> Value {
        self.record().await.unwrap().json().await.unwrap()
    }

    pub(crate) async fn put(&self, path: &str, body: Value) {
        let request = self.http.put(self.server.url() + path).json(&body);
        assert_eq!(request.send().await.unwrap().status(), 204);
    }

    pub(crate) async fn fault(&self, fault: Value) {
        self.put("/sim/faults", json!({ "faults": [fault] })).await;
    }

    pub(crate) async fn documents(&self) -> Vec<Value> {
        self.read("/sim/documents").await
    }

    pub(crate) async fn read(&self, path: &str) -> Vec<Value> {
        let sent = self.http.get(self.server.url() + path).send().await;
        sent.unwrap().json().await.unwrap()
    }
}
