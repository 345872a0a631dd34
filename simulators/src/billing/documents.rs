//! What billing remembers: each extra payment, once per idempotency key.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, de::Error};
use serde_json::Value;

use super::fault::Fault;
use crate::{
    money::{Money, MoneyError, currency},
    random_id::random_id,
    recent::Recent,
};

/// The body of the call (`docs/api/billing.yaml`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExtraPayment {
    order_id: String,
    pub(super) request_id: String,
    partner_payment_id: String,
    merchant: String,
    amount: String,
    currency: String,
    #[serde(deserialize_with = "in_utc")]
    completed_at: Timestamp,
}

impl ExtraPayment {
    pub(super) fn money(&self) -> Result<Money, MoneyError> {
        Money::parse(&self.amount, currency(&self.currency)?)
    }
}

/// Accepts a date only in its one normal form, as a strict billing would: `2026-11-24T08:00:00Z`.
fn in_utc<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let text = String::deserialize(deserializer)?;
    let moment: Timestamp = text.parse().map_err(D::Error::custom)?;
    if moment.to_string() == text {
        Ok(moment)
    } else {
        Err(D::Error::custom("must be RFC 3339 in UTC, with Z"))
    }
}

/// An extra payment on record.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Document {
    pub(super) billing_document_id: String,
    at: Timestamp,
    #[serde(flatten)]
    payment: ExtraPayment,
    /// How often it was sent again after it was recorded.
    repeats: u64,
}

impl Document {
    pub(super) fn new(payment: ExtraPayment) -> Document {
        let billing_document_id = random_id("bd-");
        Document {
            billing_document_id,
            at: Timestamp::now(),
            payment,
            repeats: 0,
        }
    }
}

/// Everything that billing remembers.
#[derive(Debug, Default)]
pub(super) struct Books {
    documents: Vec<Document>,
    by_key: HashMap<String, usize>,
    pub(super) journal: Recent<JournalEntry>,
    pub(super) faults: Vec<Fault>,
    pub(super) is_down: bool,
}

impl Books {
    /// Records a payment unless its key is already used. In both cases the result is the recorded
    /// document; none if the key was used with another body.
    pub(super) fn record(&mut self, payment: ExtraPayment) -> Option<&Document> {
        if let Some(&index) = self.by_key.get(&payment.request_id) {
            let document = &mut self.documents[index];
            if document.payment != payment {
                return None;
            }
            document.repeats += 1;
            return Some(document);
        }
        let index = self.documents.len();
        self.by_key.insert(payment.request_id.clone(), index);
        self.documents.push(Document::new(payment));
        Some(&self.documents[index])
    }

    pub(super) fn documents(&self) -> &[Document] {
        &self.documents
    }

    /// The first fault that applies to a call about this payment.
    pub(super) fn fault_due(&mut self, request_id: &str) -> Option<Fault> {
        self.faults
            .iter_mut()
            .find_map(|fault| fault.due(request_id))
    }
}

/// One request.
#[derive(Clone, Debug, Serialize)]
pub(super) struct JournalEntry {
    pub(super) at: Timestamp,
    pub(super) request_id: Option<String>,
    /// The status of the correct answer, which a fault may have hidden from the client.
    pub(super) status: u16,
    pub(super) fault: Option<Value>,
}
