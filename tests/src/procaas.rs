//! Simulated procaas, which receives saved cards: how it should behave, and what it accepted.

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::simulator::Simulator;

/// Simulated procaas.
pub struct Procaas(Simulator);

/// A saved card that procaas accepted.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct TakenCard {
    /// The key under which it was sent.
    pub idempotency_key: String,
    /// The order.
    pub order_id: String,
    /// The partner's id of the card.
    pub card_binding_id: String,
    /// Its number with the middle hidden.
    pub masked_pan: String,
    /// When it expires, if that is known.
    pub expires_at: Option<String>,
    /// How often it was sent again after procaas had accepted it.
    pub repeats: u64,
}

impl Procaas {
    pub(crate) fn new(url: String) -> anyhow::Result<Procaas> {
        Ok(Procaas(Simulator::new(url)?))
    }

    pub(crate) fn url(&self) -> &str {
        self.0.url()
    }

    /// Every saved card that it accepted.
    pub async fn saved_cards(&self) -> anyhow::Result<Vec<TakenCard>> {
        self.0.get("/sim/saved-cards").await
    }

    /// Makes it unavailable, or available again.
    pub async fn set_down(&self, down: bool) -> anyhow::Result<()> {
        self.set_trouble(json!({ "down": down })).await
    }

    /// Makes it accept this many of the next calls without answering them.
    pub async fn lose_answers(&self, count: u32) -> anyhow::Result<()> {
        self.set_trouble(json!({ "lost_answers": count })).await
    }

    async fn set_trouble(&self, trouble: Value) -> anyhow::Result<()> {
        self.0.tell(Method::PUT, "/sim/trouble", &trouble).await
    }
}
