//! Simulated billing: how it should behave, and what it recorded.

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::simulator::Simulator;

/// Simulated billing.
pub struct Billing(Simulator);

/// Billing's record of one extra payment.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Document {
    /// Billing's id of it.
    pub billing_document_id: String,
    /// The order.
    pub order_id: String,
    /// The request.
    pub request_id: String,
    /// In main units, with exactly the currency's fraction digits.
    pub amount: String,
    /// The currency, in ISO 4217.
    pub currency: String,
    /// When the money moved, as billing was told.
    pub completed_at: String,
    /// How often billing was told again after it was recorded.
    pub repeats: u64,
}

impl Billing {
    pub(crate) fn new(url: String) -> anyhow::Result<Billing> {
        Ok(Billing(Simulator::new(url)?))
    }

    /// Its address, without a slash at the end.
    pub fn url(&self) -> &str {
        self.0.url()
    }

    /// What it recorded for one request.
    pub async fn documents(&self, request_id: &str) -> anyhow::Result<Vec<Document>> {
        let mut documents = self.all_documents().await?;
        documents.retain(|document| document.request_id == request_id);
        Ok(documents)
    }

    /// Everything that it recorded.
    pub async fn all_documents(&self) -> anyhow::Result<Vec<Document>> {
        self.0.get("/sim/documents").await
    }

    /// Every request that reached it.
    pub async fn journal(&self) -> anyhow::Result<Vec<Value>> {
        self.0.get("/sim/journal").await
    }

    /// Replaces the faults of its calls.
    pub async fn set_faults(&self, faults: Value) -> anyhow::Result<()> {
        let faults = json!({ "faults": faults });
        self.0.tell(Method::PUT, "/sim/faults", &faults).await
    }

    /// Makes it unavailable, or available again.
    pub async fn set_down(&self, down: bool) -> anyhow::Result<()> {
        let down = json!({ "down": down });
        self.0.tell(Method::PUT, "/sim/down", &down).await
    }
}
