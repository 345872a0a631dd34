//! The original payment of an order, made before everything that a test is about.

use serde::{Deserialize, Serialize};
use serde_json::json;
use url::form_urlencoded;

use super::{books::Books, cards::Card, form::Form, intents, origin::Origin};
use crate::mistake::Mistake;

/// An order that was paid with a card, which was saved.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewOrder {
    order_id: String,
    /// In Stripe's units.
    amount: i64,
    /// In small letters.
    currency: String,
    /// What the card does from now on.
    #[serde(default = "visa")]
    card: String,
}

/// What Stripe has of an order.
#[derive(Serialize)]
pub(super) struct PaidOrder {
    customer: String,
    payment_method: String,
    payment_intent: String,
    charge: Option<String>,
}

/// Pays an order. Nobody is told: it was long ago.
pub(super) fn pay(books: &mut Books, new: &NewOrder) -> Result<PaidOrder, Mistake> {
    let card = card(&new.card)?;
    let good = self::card(&visa())?;
    let origin = Origin::stripe();
    let customer = books.create_customer(Default::default(), &origin);
    let payment_method = books.save_card(good, &customer);
    let parameters = form_urlencoded::Serializer::new(String::new())
        .append_pair("amount", &new.amount.to_string())
        .append_pair("currency", &new.currency)
        .append_pair("customer", &customer)
        .append_pair("payment_method", &payment_method)
        .append_pair("metadata[order_id]", &new.order_id)
        .append_pair("confirm", "true")
        .finish();
    let created = intents::create(books, Form::parse(parameters.as_bytes()), &origin);
    let payment_intent =
        created.map_err(|refusal| Mistake(json!(refusal.answer().body).to_string()))?;
    books.outbox.clear();
    if let Some(method) = books.payment_methods.get_mut(&payment_method) {
        method.card = card;
    }
    let intent = books.intents.get(&payment_intent);
    let charge = intent.and_then(|intent| intent.latest_charge.clone());
    Ok(PaidOrder {
        customer,
        payment_method,
        payment_intent,
        charge,
    })
}

/// The test card of this name.
pub(super) fn card(name: &str) -> Result<Card, Mistake> {
    Card::named(name).ok_or_else(|| Mistake(format!("there is no test card {name}")))
}

fn visa() -> String {
    "pm_card_visa".to_owned()
}
