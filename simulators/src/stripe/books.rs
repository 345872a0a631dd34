//! All that Stripe remembers.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    time::Duration,
};

use serde_json::{Value, json};
use url::Url;

use super::{
    access::ApiKeys,
    cards::{Card, Settlement},
    delivery_rules::DeliveryRule,
    endpoints::{Attempt, Endpoint},
    events::Event,
    fault::Fault,
    idempotency::IdempotencyKeys,
    journal::JournalEntry,
    objects::{Charge, Customer, PaymentIntent, PaymentMethod, Refund, RefundStatus},
    origin::Origin,
    refusal::Refusal,
    settings::Settings,
    table::Table,
};
use crate::{random_id::random_id, recent::Recent};

#[derive(Default)]
pub(super) struct Books {
    pub(super) api_keys: ApiKeys,
    pub(super) settings: Settings,
    pub(super) idempotency: IdempotencyKeys,
    pub(super) faults: Vec<Fault>,
    /// What the card does for these requests, by request id.
    pub(super) cards: HashMap<String, Card>,
    /// The objects that a running call holds.
    pub(super) locked: HashSet<String>,

    pub(super) customers: Table<Customer>,
    pub(super) payment_methods: Table<PaymentMethod>,
    pub(super) intents: Table<PaymentIntent>,
    pub(super) charges: Table<Charge>,
    pub(super) refunds: Table<Refund>,

    pub(super) endpoints: Vec<Endpoint>,
    pub(super) delivery_rules: Vec<DeliveryRule>,
    /// Events that are to be delivered as soon as the books are unlocked.
    pub(super) outbox: Vec<Event>,
    /// What happens later, to be put on a timer as soon as the books are unlocked.
    pub(super) agenda: Vec<(Duration, Due)>,

    pub(super) journal: Recent<JournalEntry>,
    pub(super) events: Recent<Event>,
    pub(super) deliveries: Recent<Attempt>,
}

/// What happens to an object later, by Stripe itself.
#[derive(Clone, Debug)]
pub(super) enum Due {
    /// A payment stops processing.
    Payment(String, Settlement),
    /// A refund gets another status.
    Refund(String, RefundStatus),
}

impl Books {
    pub(super) fn intent(&self, id: &str) -> Result<&PaymentIntent, Refusal> {
        let found = self.intents.get(id);
        found.ok_or_else(|| Refusal::not_found("payment_intent", id))
    }

    pub(super) fn intent_mut(&mut self, id: &str) -> Result<&mut PaymentIntent, Refusal> {
        let found = self.intents.get_mut(id);
        found.ok_or_else(|| Refusal::not_found("payment_intent", id))
    }

    /// Replaces a payment by its new state.
    pub(super) fn put(&mut self, intent: PaymentIntent) {
        if let Some(old) = self.intents.get_mut(&intent.id.clone()) {
            *old = intent;
        }
    }

    /// Adds a customer, and returns its id.
    pub(super) fn create_customer(
        &mut self,
        metadata: BTreeMap<String, String>,
        origin: &Origin,
    ) -> String {
        let id = random_id("cus_");
        let customer = Customer {
            id: id.clone(),
            object: "customer",
            created: origin.second(),
            metadata,
        };
        self.customers.add(&id, customer);
        id
    }

    /// The card that was set for the request in this metadata.
    pub(super) fn card_for(&self, metadata: &BTreeMap<String, String>) -> Option<Card> {
        self.cards.get(metadata.get("request_id")?).copied()
    }

    /// Any object as the API shows it.
    pub(super) fn show(&self, id: &str) -> Option<Value> {
        match id.split_once('_')?.0 {
            "pi" => self.intents.get(id).map(|it| json!(it)),
            "ch" => self.charges.get(id).map(|it| json!(it)),
            "re" => self.refunds.get(id).map(|it| json!(it)),
            "cus" => self.customers.get(id).map(|it| json!(it)),
            "pm" => self.payment_methods.get(id).map(|it| json!(it)),
            _ => None,
        }
    }

    /// The request id in the metadata of an object.
    pub(super) fn request_id_of(&self, id: &str) -> Option<String> {
        let object = self.show(id)?;
        Some(object["metadata"]["request_id"].as_str()?.to_owned())
    }

    /// The secrets of the endpoint with this address, if it still exists.
    pub(super) fn secrets_of(&self, url: &Url) -> Option<Vec<String>> {
        let mut endpoints = self.endpoints.iter();
        let endpoint = endpoints.find(|it| it.url == *url)?;
        Some(endpoint.secrets.clone())
    }

    /// An event about an object as it is now.
    pub(super) fn event(&self, kind: &str, id: &str, origin: &Origin) -> Option<Event> {
        let object = self.show(id)?;
        Some(Event::new(kind, object, self.settings.livemode, origin))
    }

    /// Tells the endpoints what happened to an object.
    pub(super) fn emit(&mut self, kind: &str, id: &str, origin: &Origin) {
        if let Some(event) = self.event(kind, id, origin) {
            self.events.add(event.clone());
            self.outbox.push(event);
        }
    }
}
