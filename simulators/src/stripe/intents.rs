//! PaymentIntents: their states, and the calls that create, confirm and cancel them.

use serde_json::json;

use super::{
    amounts, attempts,
    books::Books,
    form::Form,
    objects::{PaymentIntent, PaymentStatus},
    origin::Origin,
    refusal::Refusal,
};
use crate::random_id::random_id;

/// `POST /v1/payment_intents`
pub(super) fn create(
    books: &mut Books,
    mut form: Form,
    origin: &Origin,
) -> Result<String, Refusal> {
    let currency = amounts::currency(form.needed("currency")?)?;
    let amount = amounts::charged(&form.needed("amount")?, &currency)?;
    let customer = form.text("customer")?;
    let payment_method = form.text("payment_method")?;
    let metadata = form.metadata()?;
    let description = form.text("description")?;
    let confirm = form.flag("confirm")?;
    let off_session = form.flag("off_session")?;
    form.ignore(&[
        "automatic_payment_methods",
        "capture_method",
        "confirmation_method",
        "error_on_requires_action",
        "payment_method_options",
        "payment_method_types",
        "receipt_email",
        "return_url",
        "setup_future_usage",
        "statement_descriptor",
        "statement_descriptor_suffix",
    ]);
    form.finish()?;
    if off_session && !confirm {
        let message = "The parameter off_session cannot be passed in when creating a \
                       PaymentIntent unless confirm is set to true.";
        return Err(Refusal::parameter("off_session", message));
    }
    if let Some(id) = &customer
        && books.customers.get(id).is_none()
    {
        return Err(Refusal::no_such("customer", id));
    }
    if let Some(id) = &payment_method {
        books.usable(id, customer.as_deref())?;
    }
    let status = if payment_method.is_some() {
        PaymentStatus::RequiresConfirmation
    } else {
        PaymentStatus::RequiresPaymentMethod
    };
    let id = random_id("pi_");
    let intent = PaymentIntent {
        client_secret: random_id(&format!("{id}_secret_")),
        id: id.clone(),
        object: "payment_intent",
        amount,
        amount_received: 0,
        canceled_at: None,
        cancellation_reason: None,
        capture_method: "automatic_async",
        confirmation_method: "automatic",
        created: origin.second(),
        currency,
        customer,
        description,
        last_payment_error: None,
        latest_charge: None,
        livemode: books.settings.livemode,
        metadata,
        next_action: None,
        payment_method,
        payment_method_types: ["card"],
        status,
    };
    books.intents.add(&id, intent);
    books.emit("payment_intent.created", &id, origin);
    if confirm {
        attempts::attempt(books, &id, off_session, origin)?;
    }
    Ok(id)
}

/// `POST /v1/payment_intents/{id}/confirm`
pub(super) fn confirm(
    books: &mut Books,
    id: &str,
    mut form: Form,
    origin: &Origin,
) -> Result<String, Refusal> {
    let payment_method = form.text("payment_method")?;
    let off_session = form.flag("off_session")?;
    form.ignore(&[
        "capture_method",
        "error_on_requires_action",
        "payment_method_options",
        "payment_method_types",
        "receipt_email",
        "return_url",
        "setup_future_usage",
        "use_stripe_sdk",
    ]);
    form.finish()?;
    let intent = books.intent(id)?.clone();
    if let Some(payment_method) = &payment_method {
        books.usable(payment_method, intent.customer.as_deref())?;
    }
    must_be_open(&intent, "confirm")?;
    if payment_method.is_none() && intent.payment_method.is_none() {
        let message = "You cannot confirm this PaymentIntent because it's missing a payment \
                       method.";
        return Err(Refusal::unexpected_state(message, json!(intent)));
    }
    if let Some(intent) = books.intents.get_mut(id) {
        intent.payment_method = payment_method.or(intent.payment_method.take());
    }
    attempts::attempt(books, id, off_session, origin)?;
    Ok(id.to_owned())
}

/// `POST /v1/payment_intents/{id}/cancel`
pub(super) fn cancel(
    books: &mut Books,
    id: &str,
    mut form: Form,
    origin: &Origin,
) -> Result<String, Refusal> {
    let reasons = [
        "duplicate",
        "fraudulent",
        "requested_by_customer",
        "abandoned",
    ];
    let reason = form.one_of("cancellation_reason", &reasons)?;
    form.finish()?;
    let intent = books.intent_mut(id)?;
    must_be_open(intent, "cancel")?;
    intent.status = PaymentStatus::Canceled;
    intent.canceled_at = Some(origin.second());
    intent.cancellation_reason = reason;
    // Any later update clears it.
    intent.last_payment_error = None;
    intent.next_action = None;
    books.emit("payment_intent.canceled", id, origin);
    Ok(id.to_owned())
}

/// Refuses what can't be done to a payment that has ended or is about to.
fn must_be_open(intent: &PaymentIntent, verb: &str) -> Result<(), Refusal> {
    match intent.status {
        PaymentStatus::Processing | PaymentStatus::Succeeded | PaymentStatus::Canceled => {
            let message = format!(
                "You cannot {verb} this PaymentIntent because it has a status of {}.",
                json!(intent.status)
            );
            Err(Refusal::unexpected_state(&message, json!(intent)))
        }
        _ => Ok(()),
    }
}
