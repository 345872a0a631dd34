//! The call that creates a refund, in its one step.

use serde_json::json;

use super::{
    amounts,
    books::{Books, Due},
    cards::{Card, OnRefund},
    form::{Form, missing},
    objects::{Charge, Refund, RefundStatus},
    origin::Origin,
    refusal::Refusal,
};
use crate::random_id::random_id;

/// `POST /v1/refunds`
pub(super) fn create(
    books: &mut Books,
    mut form: Form,
    origin: &Origin,
) -> Result<String, Refusal> {
    let charge = charge(books, &mut form)?;
    let metadata = form.metadata()?;
    let reasons = ["duplicate", "fraudulent", "requested_by_customer"];
    let reason = form.one_of("reason", &reasons)?;
    let amount = form.text("amount")?;
    form.ignore(&["instructions_email", "refund_application_fee"]);
    form.finish()?;
    let left = charge.amount - charge.amount_refunded;
    let amount = match amount {
        Some(text) => amounts::refunded(&text, &charge.currency)?,
        None => left,
    };
    if left == 0 {
        let message = format!("Charge {} has already been refunded.", charge.id);
        let refusal = Refusal::invalid(&message);
        return Err(refusal
            .with("code", json!("charge_already_refunded"))
            .saved());
    }
    if amount > left {
        let message = format!(
            "Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
        );
        return Err(Refusal::parameter("amount", &message).saved());
    }
    let own = books
        .intents
        .get(&charge.payment_intent)
        .and_then(|intent| {
            let method = intent.payment_method.as_deref()?;
            books.usable(method, intent.customer.as_deref()).ok()
        });
    let card = books.card_for(&metadata).or(own);
    let (status, later) = course(card);
    let id = random_id("re_");
    let refund = Refund {
        id: id.clone(),
        object: "refund",
        amount,
        charge: charge.id.clone(),
        created: origin.second(),
        currency: charge.currency,
        failure_reason: None,
        metadata,
        payment_intent: charge.payment_intent,
        pending_reason: (status == RefundStatus::Pending).then_some("processing"),
        reason,
        status,
        idempotency_key: origin.idempotency_key.clone(),
    };
    books.refunds.add(&id, refund);
    if let Some(charge) = books.charges.get_mut(&charge.id) {
        charge.amount_refunded += amount;
        charge.refunded = charge.amount_refunded == charge.amount;
    }
    books.emit("refund.created", &id, origin);
    books.emit("charge.refunded", &charge.id, origin);
    if let Some(later) = later {
        let after = books.settings.refunds_settle_after;
        books.agenda.push((after, Due::Refund(id.clone(), later)));
    }
    Ok(id)
}

/// The first status of a refund to this card, and its later one.
fn course(card: Option<Card>) -> (RefundStatus, Option<RefundStatus>) {
    match card.map(|card| card.refund) {
        None | Some(OnRefund::Succeeds) => (RefundStatus::Succeeded, None),
        Some(OnRefund::IsPending) => (RefundStatus::Pending, Some(RefundStatus::Succeeded)),
        Some(OnRefund::FailsLater) => (RefundStatus::Succeeded, Some(RefundStatus::Failed)),
    }
}

/// The successful charge that the parameters name.
fn charge(books: &Books, form: &mut Form) -> Result<Charge, Refusal> {
    let intent = form.text("payment_intent")?;
    let charge = form.text("charge")?;
    let id = match (intent, charge) {
        (Some(id), None) => {
            let found = books.intents.get(&id);
            let intent = found.ok_or_else(|| Refusal::no_such("payment_intent", &id))?;
            intent.latest_charge.clone().unwrap_or(id)
        }
        (None, Some(id)) if books.charges.get(&id).is_none() => {
            return Err(Refusal::no_such("charge", &id));
        }
        (None, Some(id)) => id,
        (None, None) => return Err(missing("charge")),
        (Some(_), Some(_)) => {
            let message = "You may only specify one of these parameters: charge, payment_intent.";
            return Err(Refusal::invalid(message));
        }
    };
    let charge = books.charges.get(&id).filter(|charge| charge.paid);
    charge.cloned().ok_or_else(|| {
        let message = format!("{id} does not have a successful charge to refund.");
        Refusal::invalid(&message).saved()
    })
}
