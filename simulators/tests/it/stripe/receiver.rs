//! A receiver of events: it keeps their raw bytes, and answers the statuses it was given, then 200.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use aws_lc_rs::hmac;
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use reqwest::Method;
use serde_json::{Value, json};
use simulators::server::Server;

use super::account::Account;

#[derive(Clone, Default)]
pub(super) struct Receiver {
    received: Arc<Mutex<Vec<(String, Bytes)>>>,
    answers: Arc<Mutex<VecDeque<u16>>>,
}

impl Receiver {
    /// Starts one, and makes it the account's only endpoint for these types.
    pub(super) async fn start(
        account: &Account,
        secrets: &[&str],
        types: &[&str],
        answers: &[u16],
    ) -> (Receiver, Server) {
        let receiver = Receiver::default();
        receiver.answers.lock().unwrap().extend(answers);
        let router = Router::new()
            .route("/events", post(take))
            .with_state(receiver.clone());
        let server = Server::start("127.0.0.1:0".parse().unwrap(), router)
            .await
            .unwrap();
        let url = server.url() + "/events";
        let endpoint = json!({ "url": url, "secrets": secrets, "events": types });
        let endpoints = json!({ "endpoints": [endpoint] });
        account.tell(Method::PUT, "/sim/webhooks", endpoints).await;
        (receiver, server)
    }

    /// The events that arrived, in the order of their arrival.
    pub(super) fn events(&self) -> Vec<Value> {
        let received = self.received.lock().unwrap();
        let events = received.iter();
        events
            .map(|(_, body)| serde_json::from_slice(body).unwrap())
            .collect()
    }

    pub(super) fn types(&self) -> Vec<String> {
        let events = self.events();
        let types = events.iter().map(|it| it["type"].as_str().unwrap());
        types.map(str::to_owned).collect()
    }

    /// Waits for this many events.
    pub(super) async fn wait_for(&self, count: usize) {
        for _ in 0..800 {
            if self.received.lock().unwrap().len() >= count {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("{:?} instead of {count} events", self.types());
    }

    /// How many of the signatures of an event are right for this secret.
    pub(super) fn signatures_by(&self, secret: &str, event: usize) -> usize {
        let received = self.received.lock().unwrap();
        let (header, body) = &received[event];
        let (time, signatures) = header.strip_prefix("t=").unwrap().split_once(',').unwrap();
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let signed = [time.as_bytes(), b".", body].concat();
        let tag = hmac::sign(&key, &signed);
        let hex: String = tag.as_ref().iter().map(|it| format!("{it:02x}")).collect();
        let signatures = signatures.split(',');
        signatures.filter(|it| **it == format!("v1={hex}")).count()
    }
}

async fn take(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let signature = headers["stripe-signature"].to_str().unwrap().to_owned();
    receiver.received.lock().unwrap().push((signature, body));
    let answer = receiver.answers.lock().unwrap().pop_front();
    StatusCode::from_u16(answer.unwrap_or(200)).unwrap()
}
