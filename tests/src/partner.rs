//! The simulated partner: what it shall do, and what it did.

use std::net::SocketAddrV4;

use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::simulator::Simulator;

/// The simulated partner.
pub struct Partner(Simulator);

/// One movement of money on the partner's side.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct LedgerEntry {
    /// `PAYMENT` or `REVERSAL`.
    pub kind: String,
    /// For which order.
    pub order_id: String,
    /// By which request.
    pub request_id: String,
    /// The partner's name of the operation.
    pub partner_payment_id: String,
    /// In main units, with exactly the currency's fraction digits.
    pub amount: String,
    /// ISO 4217.
    pub currency: String,
}

/// A key of ours as the partner has it.
#[derive(Serialize)]
pub(crate) struct PublicKey<'a> {
    pub(crate) merchant_id: &'a str,
    pub(crate) key_id: &'a str,
    /// `PAYMENT` or `REVERSAL`.
    pub(crate) purpose: &'a str,
    pub(crate) public_key_pem: &'a str,
}

impl Partner {
    pub(crate) fn new(url: String) -> anyhow::Result<Partner> {
        Ok(Partner(Simulator::new(url)?))
    }

    /// Its address, without a slash at the end.
    pub fn url(&self) -> &str {
        self.0.url()
    }

    /// Its address, to lose packets toward it.
    pub fn address(&self) -> anyhow::Result<SocketAddrV4> {
        Ok(self.url().trim_start_matches("http://").parse()?)
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        self.0.http()
    }

    /// Makes an order known that was paid with `captured`, and whose card is saved. Orders never
    /// heard of are made up when they are first asked about.
    pub async fn create_order(
        &self,
        order_id: &str,
        captured: &str,
        currency: &str,
    ) -> anyhow::Result<()> {
        let order = json!({
            "order_id": order_id, "captured": captured, "currency": currency, "card": true
        });
        self.0.tell(Method::POST, "/sim/orders", &order).await
    }

    /// Makes a public key known.
    pub(crate) async fn add_key(&self, key: &PublicKey<'_>) -> anyhow::Result<()> {
        self.0.tell(Method::POST, "/sim/keys", &json!(key)).await
    }

    /// Drops a public key.
    pub(crate) async fn remove_key(&self, key: &PublicKey<'_>) -> anyhow::Result<()> {
        self.0.tell(Method::DELETE, "/sim/keys", &json!(key)).await
    }

    /// Says by a preset's name what shall happen to a request, such as `declined`.
    pub async fn set_scenario(&self, request_id: &str, name: &str) -> anyhow::Result<()> {
        let scenario = json!({ "request_id": request_id, "name": name });
        self.0.tell(Method::PUT, "/sim/scenarios", &scenario).await
    }

    /// Says field by field what shall happen to a request. What is left out is as by default.
    pub async fn set_custom_scenario(
        &self,
        request_id: &str,
        scenario: Value,
    ) -> anyhow::Result<()> {
        let scenario = json!({ "request_id": request_id, "scenario": scenario });
        self.0.tell(Method::PUT, "/sim/scenarios", &scenario).await
    }

    /// Says field by field what shall happen to an order's requests, sessions included: a session
    /// is asked for before the partner knows of a request.
    pub async fn set_order_scenario(&self, order_id: &str, scenario: Value) -> anyhow::Result<()> {
        let scenario = json!({ "order_id": order_id, "scenario": scenario });
        self.0.tell(Method::PUT, "/sim/scenarios", &scenario).await
    }

    /// Says what happens to requests by default. Scenarios set before keep the old default.
    pub async fn set_default_scenario(&self, scenario: &Value) -> anyhow::Result<()> {
        let path = "/sim/scenarios/default";
        self.0.tell(Method::PUT, path, scenario).await
    }

    /// Sets the partner's clock against this machine's, ahead of it or (below 0) behind it.
    pub async fn set_clock(&self, ahead_seconds: i32) -> anyhow::Result<()> {
        let clock = json!({ "ahead_seconds": ahead_seconds });
        self.0.tell(Method::PUT, "/sim/clock", &clock).await
    }

    /// The money that moved by one request.
    pub async fn ledger(&self, request_id: &str) -> anyhow::Result<Vec<LedgerEntry>> {
        let path = format!("/sim/ledger?request_id={request_id}");
        self.0.get(&path).await
    }

    /// All the money that ever moved.
    pub async fn whole_ledger(&self) -> anyhow::Result<Vec<LedgerEntry>> {
        self.0.get("/sim/ledger").await
    }

    /// Every operation that it took on.
    pub async fn operations(&self) -> anyhow::Result<Vec<Value>> {
        self.0.get("/sim/operations").await
    }

    /// Every request that reached it.
    pub async fn journal(&self) -> anyhow::Result<Vec<Value>> {
        self.0.get("/sim/journal").await
    }

    /// Every callback that it sent, with its answer.
    pub async fn callbacks(&self) -> anyhow::Result<Vec<Value>> {
        self.0.get("/sim/callbacks").await
    }

    /// The operations whose state last changed on a day in UTC, like `2026-11-24`, as CSV.
    pub async fn day_report(&self, date: &str) -> anyhow::Result<String> {
        self.0.text(&format!("/sim/day-report?date={date}")).await
    }

    /// Sends callbacks about a request now, without repeats; the statuses that they were answered,
    /// none where the connection was closed instead.
    pub async fn send_callbacks(
        &self,
        request_id: &str,
        times: u32,
    ) -> anyhow::Result<Vec<Option<u16>>> {
        let path = format!("/sim/callbacks/{request_id}");
        let answer = self
            .0
            .ask(Method::POST, &path, &json!({ "times": times }))
            .await?;
        Ok(serde_json::from_value(answer["answered"].clone())?)
    }

    /// Tells the address of saved cards so many times at once that a card was saved; the statuses
    /// that were answered.
    pub async fn tell_of_saved_card(
        &self,
        url: &str,
        card: &Value,
        times: u32,
    ) -> anyhow::Result<Vec<u16>> {
        let told = json!({ "url": url, "card": card, "times": times });
        let answer = self.0.ask(Method::POST, "/sim/saved-cards", &told).await?;
        Ok(serde_json::from_value(answer["answered"].clone())?)
    }

    /// Brings a pending operation to its end now.
    pub async fn finish(&self, request_id: &str) -> anyhow::Result<()> {
        let path = format!("/sim/operations/{request_id}/finish");
        self.0.tell(Method::POST, &path, &json!({})).await
    }

    /// Every secret that it issued or was given: what must stand in no history and no log.
    pub async fn secrets(&self) -> anyhow::Result<Value> {
        self.0.get("/sim/secrets").await
    }
}
