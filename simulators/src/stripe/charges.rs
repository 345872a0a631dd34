//! Charges, and the payment methods that are charged.

use super::{
    books::Books,
    cards::{Card, Decline},
    objects::{Charge, Outcome, PaymentIntent, PaymentMethod},
    origin::Origin,
    refusal::Refusal,
};
use crate::random_id::random_id;

impl Books {
    /// Adds a charge of this payment: failed if it is declined, otherwise a movement of money.
    pub(super) fn charge(
        &mut self,
        intent: &PaymentIntent,
        decline: Option<Decline>,
        origin: &Origin,
    ) -> String {
        let id = random_id("ch_");
        let charge = Charge {
            id: id.clone(),
            object: "charge",
            amount: intent.amount,
            amount_refunded: 0,
            created: origin.second(),
            currency: intent.currency.clone(),
            customer: intent.customer.clone(),
            failure_code: decline.map(|decline| decline.code),
            livemode: self.settings.livemode,
            metadata: intent.metadata.clone(),
            outcome: Outcome {
                reason: decline.map(|decline| decline.decline_code),
                kind: if decline.is_none() {
                    "authorized"
                } else {
                    "issuer_declined"
                },
            },
            paid: decline.is_none(),
            payment_intent: intent.id.clone(),
            payment_method: intent.payment_method.clone(),
            refunded: false,
            status: if decline.is_none() {
                "succeeded"
            } else {
                "failed"
            },
            idempotency_key: origin.idempotency_key.clone(),
        };
        self.charges.add(&id, charge);
        id
    }

    /// The card behind a payment method, if this customer may pay with it. A test card's own name
    /// is a payment method that belongs to nobody.
    pub(super) fn usable(&self, id: &str, customer: Option<&str>) -> Result<Card, Refusal> {
        match self.payment_methods.get(id) {
            Some(method) if method.customer.as_deref() == customer => Ok(method.card),
            Some(_) => {
                let message =
                    format!("The customer does not have a payment method with the ID {id}.");
                Err(Refusal::parameter("payment_method", &message))
            }
            None => Card::named(id).ok_or_else(|| Refusal::no_such("payment_method", id)),
        }
    }

    /// Saves a test card for a customer.
    pub(super) fn save_card(&mut self, card: Card, customer: &str) -> String {
        let id = random_id("pm_");
        let method = PaymentMethod {
            id: id.clone(),
            object: "payment_method",
            customer: Some(customer.to_owned()),
            kind: "card",
            card,
        };
        self.payment_methods.add(&id, method);
        id
    }
}
