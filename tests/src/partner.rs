//! The simulated partner: how it should behave, and what it did.

use std::net::SocketAddrV4;

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::simulator::Simulator;

/// The simulated partner.
pub struct Partner(Simulator);

/// One movement of money on the partner's side.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct LedgerEntry {
    /// `PAYMENT` or `REVERSAL`.
    pub kind: String,
    /// The order.
    pub order_id: String,
    /// The request.
    pub request_id: String,
    /// The partner's id of the operation.
    pub partner_payment_id: String,
    /// In main units, with exactly the currency's fraction digits.
    pub amount: String,
    /// The currency, in ISO 4217.
    pub currency: String,
}

impl Partner {
    pub(crate) fn new(url: String) -> anyhow::Result<Partner> {
        Ok(Partner(Simulator::new(url)?))
    }

    /// Its address, without a trailing slash.
    pub fn url(&self) -> &str {
        self.0.url()
    }

    /// Its address, for losing packets to it.
    pub fn address(&self) -> anyhow::Result<SocketAddrV4> {
        Ok(self.url().trim_start_matches("http://").parse()?)
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        self.0.http()
    }

    /// Creates an order that was paid with `captured`, and whose card is saved. Unknown orders are
    /// created when they are first asked about.
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

    /// Adds a public key.
    pub(crate) async fn add_key(&self, key: &Value) -> anyhow::Result<()> {
        self.0.tell(Method::POST, "/sim/keys", key).await
    }

    /// Removes a public key.
    pub(crate) async fn remove_key(&self, key: &Value) -> anyhow::Result<()> {
        self.0.tell(Method::DELETE, "/sim/keys", key).await
    }

    /// Sets by a preset's name what happens to a request, such as `declined`.
    pub async fn set_scenario(&self, request_id: &str, name: &str) -> anyhow::Result<()> {
        let scenario = json!({ "request_id": request_id, "name": name });
        self.0.tell(Method::PUT, "/sim/scenarios", &scenario).await
    }

    /// Sets field by field what happens to a request. Missing fields have their defaults.
    pub async fn set_custom_scenario(
        &self,
        request_id: &str,
        scenario: Value,
    ) -> anyhow::Result<()> {
        let scenario = json!({ "request_id": request_id, "scenario": scenario });
        self.0.tell(Method::PUT, "/sim/scenarios", &scenario).await
    }

    /// Sets field by field what happens to an order's requests, including sessions: a session is
    /// requested before the partner knows the request.
    pub async fn set_order_scenario(&self, order_id: &str, scenario: Value) -> anyhow::Result<()> {
        let scenario = json!({ "order_id": order_id, "scenario": scenario });
        self.0.tell(Method::PUT, "/sim/scenarios", &scenario).await
    }

    /// Sets what happens to requests by default. Scenarios set before keep the old default.
    pub async fn set_default_scenario(&self, scenario: &Value) -> anyhow::Result<()> {
        let path = "/sim/scenarios/default";
        self.0.tell(Method::PUT, path, scenario).await
    }

    /// Sets the partner's clock relative to this machine's, ahead of it or (below 0) behind it.
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

    /// Every operation that it accepted.
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

    /// Sends callbacks about a request now, without repeats. Returns the statuses of their answers,
    /// none if the connection was closed instead.
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

    /// Sends this many callbacks at once to the address of saved cards. Returns the statuses of the
    /// answers.
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

    /// Makes a pending operation final now.
    pub async fn finish(&self, request_id: &str) -> anyhow::Result<()> {
        let path = format!("/sim/operations/{request_id}/finish");
        self.0.tell(Method::POST, &path, &json!({})).await
    }

    /// Every secret that it issued or was given: what must not be in any history or log.
    pub async fn secrets(&self) -> anyhow::Result<Value> {
        self.0.get("/sim/secrets").await
    }
}
