//! The simulated Stripe: how it should behave, and what it did.
//!
//! Where a method takes JSON, the simulators' README has its fields.

pub(crate) mod main_units;
mod start;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::operation::{Operation, OperationKind};
use crate::partner::LedgerEntry;
use crate::process::Process;
use crate::simulator::Simulator;

/// The simulated Stripe. Dropping it kills it.
pub struct Stripe {
    // Dropped before its folder.
    _process: Process,
    simulator: Simulator,
    folder: TempDir,
}

/// What Stripe, or something like it, has of an order that was paid.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct PaidOrder {
    /// Who paid: `cus_…`.
    pub customer: String,
    /// The saved card: `pm_…`.
    pub payment_method: String,
    /// The original payment: `pi_…`.
    pub payment_intent: String,
}

/// One movement of money at Stripe.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Movement {
    /// `charge` or `refund`.
    pub kind: String,
    /// `ch_…` or `re_…`.
    pub id: String,
    /// The payment that was charged or refunded.
    pub payment_intent: String,
    /// In Stripe's units.
    pub amount: i64,
    /// In small letters.
    pub currency: String,
    /// The request; none for the original payment of an order.
    pub request_id: Option<String>,
    /// The order.
    pub order_id: Option<String>,
    /// The idempotency key of the call that moved it.
    pub idempotency_key: Option<String>,
    /// `succeeded`; of a refund also `pending`, `failed` and so on. A failed refund has given the
    /// money back.
    pub status: String,
}

impl Movement {
    /// The same as an entry of a partner's ledger; none if the money came back.
    pub fn entry(self) -> Option<LedgerEntry> {
        let is_back = matches!(self.status.as_str(), "failed" | "canceled");
        let is_charge = self.kind == "charge";
        let kind = if is_charge {
            OperationKind::ExtraPayment
        } else {
            OperationKind::Reversal
        };
        let currency = self.currency.to_uppercase();
        (!is_back).then(|| LedgerEntry {
            kind: kind.ledger_kind().to_owned(),
            order_id: self.order_id.unwrap_or_default(),
            request_id: self.request_id.unwrap_or_default(),
            partner_payment_id: if is_charge {
                self.payment_intent
            } else {
                self.id
            },
            amount: main_units::text(self.amount, &currency),
            currency,
        })
    }
}

impl Stripe {
    /// Its address, without a slash at the end.
    pub fn url(&self) -> &str {
        self.simulator.url()
    }

    /// Pays an order with a card that is saved, and that does from now on what the test card of this
    /// name does. The amount is in Stripe's units, the currency in small letters.
    pub async fn pay_order(
        &self,
        order_id: &str,
        amount: i64,
        currency: &str,
        card: &str,
    ) -> anyhow::Result<PaidOrder> {
        let order = json!({
            "order_id": order_id, "amount": amount, "currency": currency, "card": card,
        });
        let paid = self.simulator.ask(Method::POST, "/sim/orders", &order);
        Ok(serde_json::from_value(paid.await?)?)
    }

    /// Has the order of this operation paid with `paid`, in main units of its currency. Returns the
    /// operation with the reference to that payment, as it has to be asked for.
    pub async fn paid(&self, operation: Operation, paid: &str) -> anyhow::Result<Operation> {
        let currency = &operation.currency;
        let amount = main_units::amount(paid, currency);
        let currency = currency.to_lowercase();
        let order = self.pay_order(&operation.order_id, amount, &currency, "pm_card_visa");
        let order = order.await?;
        Ok(operation.paid_by(&order.payment_intent))
    }

    /// Says what the card does: for a request, by its id, or for all with a payment method, `pm_…`.
    pub async fn set_card(&self, id: &str, card: &str) -> anyhow::Result<()> {
        let path = format!("/sim/cards/{id}");
        self.put(&path, &json!({ "card": card })).await
    }

    /// Replaces the settings, such as `{"list_lag":"5s"}`.
    pub async fn set_settings(&self, settings: &Value) -> anyhow::Result<()> {
        self.put("/sim/settings", settings).await
    }

    /// Adds a fault of its calls.
    pub async fn add_fault(&self, fault: &Value) -> anyhow::Result<()> {
        self.post("/sim/faults", fault).await
    }

    /// Replaces all faults.
    pub async fn set_faults(&self, faults: Value) -> anyhow::Result<()> {
        self.put("/sim/faults", &json!({ "faults": faults })).await
    }

    /// Delivers events to this address only, signed with the secrets of all of these files.
    pub async fn deliver_events_to(&self, url: &str, secrets: &[PathBuf]) -> anyhow::Result<()> {
        let secrets = secrets.iter().map(|file| read(file));
        let secrets = secrets.collect::<anyhow::Result<Vec<_>>>()?;
        let endpoint = json!({ "url": url, "secrets": secrets });
        let endpoints = json!({ "endpoints": [endpoint] });
        self.put("/sim/webhooks", &endpoints).await
    }

    /// Replaces the rules by which events are late, lost, repeated or out of order.
    pub async fn set_delivery_rules(&self, rules: Value) -> anyhow::Result<()> {
        let rules = json!({ "rules": rules });
        self.put("/sim/delivery-rules", &rules).await
    }

    /// Ends the processing of a payment, named by its own id or by its request's.
    pub async fn settle_payment(&self, id: &str, succeeds: bool) -> anyhow::Result<()> {
        let path = format!("/sim/payments/{id}/settle");
        self.post(&path, &json!({ "succeeds": succeeds })).await
    }

    /// Gives a refund another status, such as `failed`; it is named by its own id or by its
    /// request's.
    pub async fn set_refund_status(&self, id: &str, status: &str) -> anyhow::Result<()> {
        let path = format!("/sim/refunds/{id}/status");
        self.post(&path, &json!({ "status": status })).await
    }

    /// Forgets all idempotency keys, as after 24 hours.
    pub async fn forget_idempotency_keys(&self) -> anyhow::Result<()> {
        let path = "/sim/idempotency-keys";
        self.simulator.tell(Method::DELETE, path, &json!({})).await
    }

    /// Removes the API key in this file, as if it was rolled.
    pub async fn remove_key(&self, file: &Path) -> anyhow::Result<()> {
        let key = json!({ "key": read(file)? });
        self.simulator.tell(Method::DELETE, "/sim/keys", &key).await
    }

    /// The money that moved by one request.
    pub async fn ledger(&self, request_id: &str) -> anyhow::Result<Vec<Movement>> {
        let path = format!("/sim/ledger?request_id={request_id}");
        self.simulator.get(&path).await
    }

    /// All the money that ever moved.
    pub async fn whole_ledger(&self) -> anyhow::Result<Vec<Movement>> {
        self.simulator.get("/sim/ledger").await
    }

    /// The PaymentIntents of one request, the oldest first.
    pub async fn payments(&self, request_id: &str) -> anyhow::Result<Vec<Value>> {
        let path = format!("/sim/payments?request_id={request_id}");
        self.simulator.get(&path).await
    }

    /// The refunds of one request, the oldest first.
    pub async fn refunds(&self, request_id: &str) -> anyhow::Result<Vec<Value>> {
        let path = format!("/sim/refunds?request_id={request_id}");
        self.simulator.get(&path).await
    }

    /// Every call that reached it, without API keys.
    pub async fn journal(&self) -> anyhow::Result<Vec<Value>> {
        self.simulator.get("/sim/journal").await
    }

    /// Every attempt to deliver an event, with its answer.
    pub async fn deliveries(&self) -> anyhow::Result<Vec<Value>> {
        self.simulator.get("/sim/deliveries").await
    }

    /// Every secret that it knows: what must not be in any history or log.
    pub async fn secrets(&self) -> anyhow::Result<Value> {
        self.simulator.get("/sim/secrets").await
    }

    async fn put(&self, path: &str, body: &Value) -> anyhow::Result<()> {
        self.simulator.tell(Method::PUT, path, body).await
    }

    async fn post(&self, path: &str, body: &Value) -> anyhow::Result<()> {
        self.simulator.tell(Method::POST, path, body).await
    }
}

fn read(file: &Path) -> anyhow::Result<String> {
    fs::read_to_string(file).with_context(|| format!("{} can't be read", file.display()))
}

#[cfg(test)]
mod tests;
