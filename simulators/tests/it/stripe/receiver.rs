//! A receiver as an endpoint of an account.

use aws_lc_rs::hmac;
use reqwest::Method;
use serde_json::json;
use simulators::server::Server;

use super::account::Account;
use crate::receiver::Receiver;

impl Receiver {
    /// Starts one, and makes it the account's only endpoint for these types.
    pub(super) async fn of(
        account: &Account,
        secrets: &[&str],
        types: &[&str],
        answers: &[u16],
    ) -> (Receiver, Server) {
        let (receiver, server) = Receiver::start(answers).await;
        let url = server.url() + "/taken";
        let endpoint = json!({ "url": url, "secrets": secrets, "events": types });
        let endpoints = json!({ "endpoints": [endpoint] });
        account.tell(Method::PUT, "/sim/webhooks", endpoints).await;
        (receiver, server)
    }

    pub(super) fn types(&self) -> Vec<String> {
        let events = self.bodies();
        let types = events.iter().map(|it| it["type"].as_str().unwrap());
        types.map(str::to_owned).collect()
    }

    /// How many of the signatures of an event are right for this secret.
    pub(super) fn signatures_by(&self, secret: &str, event: usize) -> usize {
        let received = self.received.lock().unwrap();
        let (headers, body) = &received[event];
        let header = headers["stripe-signature"].to_str().unwrap();
        let (time, signatures) = header.strip_prefix("t=").unwrap().split_once(',').unwrap();
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let signed = [time.as_bytes(), b".", body].concat();
        let tag = hmac::sign(&key, &signed);
        let hex: String = tag.as_ref().iter().map(|it| format!("{it:02x}")).collect();
        let signatures = signatures.split(',');
        signatures.filter(|it| **it == format!("v1={hex}")).count()
    }
}
