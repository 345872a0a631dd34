//! Simulated procaas, where saved cards go: what it shall do, and what it took.

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::simulator::Simulator;

/// Simulated procaas.
pub struct Procaas(Simulator);

/// A saved card that procaas took.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct TakenCard {
    /// Under which key it was told.
    pub idempotency_key: String,
    /// With which order.
    pub order_id: String,
    /// The partner's name of the card.
    pub card_binding_id: String,
    /// Its number with the middle hidden.
    pub masked_pan: String,
    /// Until when it is good, if that was told.
    pub expires_at: Option<String>,
    /// How often procaas was told again after it took it.
    pub repeats: u64,
}

impl Procaas {
    pub(crate) fn new(url: String) -> anyhow::Result<Procaas> {
        Ok(Procaas(Simulator::new(url)?))
    }

    pub(crate) fn url(&self) -> &str {
        self.0.url()
    }

    /// Every saved card that it took.
    pub async fn saved_cards(&self) -> anyhow::Result<Vec<TakenCard>> {
        self.0.get("/sim/saved-cards").await
    }

    /// Takes it down or up again.
    pub async fn set_down(&self, down: bool) -> anyhow::Result<()> {
        self.set_trouble(json!({ "down": down })).await
    }

    /// Has it take so many of the next calls without their being answered.
    pub async fn lose_answers(&self, count: u32) -> anyhow::Result<()> {
        self.set_trouble(json!({ "lost_answers": count })).await
    }

    async fn set_trouble(&self, trouble: Value) -> anyhow::Result<()> {
        self.0.tell(Method::PUT, "/sim/trouble", &trouble).await
    }
}
