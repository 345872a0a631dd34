//! Carries a call out on the books.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{
    books::Books,
    calls::{Call, Operation},
    cards::Card,
    expansion::Expansion,
    form::Form,
    intents, lists,
    origin::Origin,
    refund_calls,
    refusal::Refusal,
};
use crate::misbehaviour::Answer;

/// The answer to a call, and whether it is saved under the call's idempotency key.
pub(super) fn execute(
    books: &mut Books,
    call: &Call,
    form: Form,
    origin: &Origin,
) -> (Answer, bool) {
    match run(books, call, form, origin) {
        Ok(body) => {
            let status = StatusCode::OK;
            (Answer { status, body }, true)
        }
        Err(refusal) => {
            let is_saved = refusal.is_saved;
            (refusal.answer(), is_saved)
        }
    }
}

fn run(books: &mut Books, call: &Call, mut form: Form, origin: &Origin) -> Result<Value, Refusal> {
    let expansion = Expansion::of(call.operation, &form.list("expand"))?;
    let mut answer = answer(books, call, form, origin)?;
    expansion.apply(books, &mut answer);
    Ok(answer)
}

fn answer(books: &mut Books, call: &Call, form: Form, origin: &Origin) -> Result<Value, Refusal> {
    let id = call.id.as_str();
    let changed = match call.operation {
        Operation::CreatePaymentIntent => intents::create(books, form, origin)?,
        Operation::ConfirmPaymentIntent => intents::confirm(books, id, form, origin)?,
        Operation::CancelPaymentIntent => intents::cancel(books, id, form, origin)?,
        Operation::CreateRefund => refund_calls::create(books, form, origin)?,
        Operation::CreateCustomer => create_customer(books, form, origin)?,
        Operation::AttachPaymentMethod => attach(books, id, form)?,
        Operation::RetrievePaymentIntent => retrieved("payment_intent", books, id, form)?,
        Operation::RetrieveRefund => retrieved("refund", books, id, form)?,
        Operation::ListPaymentIntents => return lists::intents(books, form, origin),
        Operation::ListRefunds => return lists::refunds(books, form, origin),
    };
    Ok(json!(books.show(&changed)))
}

fn retrieved(kind: &str, books: &Books, id: &str, mut form: Form) -> Result<String, Refusal> {
    form.ignore(&["client_secret"]);
    form.finish()?;
    let found = books.show(id).filter(|object| object["object"] == kind);
    found
        .map(|_| id.to_owned())
        .ok_or_else(|| Refusal::not_found(kind, id))
}

fn create_customer(books: &mut Books, mut form: Form, origin: &Origin) -> Result<String, Refusal> {
    let metadata = form.metadata()?;
    form.ignore(&["description", "email", "name", "phone"]);
    form.finish()?;
    Ok(books.create_customer(metadata, origin))
}

fn attach(books: &mut Books, id: &str, mut form: Form) -> Result<String, Refusal> {
    let customer = form.needed("customer")?;
    form.finish()?;
    if books.customers.get(&customer).is_none() {
        return Err(Refusal::no_such("customer", &customer));
    }
    let card = Card::named(id).ok_or_else(|| Refusal::not_found("payment_method", id))?;
    Ok(books.save_card(card, &customer))
}
