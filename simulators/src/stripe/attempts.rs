//! What a confirmation does: it charges, is declined, or leads to a later settlement.

use serde_json::json;

use super::{
    books::{Books, Due},
    cards::{AUTHENTICATION_REQUIRED, Decline, OnCharge, Settlement},
    objects::{PaymentIntent, PaymentStatus},
    origin::Origin,
    refusal::Refusal,
};

/// Charges the payment method of a PaymentIntent, which must exist and be open.
pub(super) fn attempt(
    books: &mut Books,
    id: &str,
    off_session: bool,
    origin: &Origin,
) -> Result<(), Refusal> {
    let mut intent = books.intent(id)?.clone();
    let method = intent.payment_method.clone().unwrap_or_default();
    let own = books.usable(&method, intent.customer.as_deref())?;
    let card = books.card_for(&intent.metadata).unwrap_or(own);
    intent.last_payment_error = None;
    intent.next_action = None;
    match card.charge {
        OnCharge::Succeeds => {
            succeed(books, intent, origin);
            Ok(())
        }
        OnCharge::Declines(decline) => Err(fail(books, intent, decline, origin)),
        OnCharge::NeedsAuthentication if off_session => {
            let decline = AUTHENTICATION_REQUIRED;
            Err(reopen(books, intent, decline, None, origin))
        }
        OnCharge::NeedsAuthentication => {
            intent.status = PaymentStatus::RequiresAction;
            intent.next_action = Some(json!({ "type": "use_stripe_sdk" }));
            books.put(intent);
            Ok(())
        }
        OnCharge::Processes(settlement) => {
            intent.status = PaymentStatus::Processing;
            books.put(intent);
            books.emit("payment_intent.processing", id, origin);
            if let Some(settlement) = settlement {
                let after = books.settings.payments_settle_after;
                let due = Due::Payment(id.to_owned(), settlement);
                books.agenda.push((after, due));
            }
            Ok(())
        }
    }
}

/// Ends `processing`; false if the payment is not processing.
pub(super) fn settle(books: &mut Books, id: &str, settlement: Settlement) -> bool {
    let Some(intent) = books.intents.get(id).cloned() else {
        return false;
    };
    if intent.status != PaymentStatus::Processing {
        return false;
    }
    let origin = Origin::stripe();
    match settlement {
        Settlement::Succeeds => succeed(books, intent, &origin),
        // The error is in the payment; no call gets it.
        Settlement::Fails(decline) => {
            let _ = fail(books, intent, decline, &origin);
        }
    }
    true
}

fn succeed(books: &mut Books, mut intent: PaymentIntent, origin: &Origin) {
    let charge = books.charge(&intent, None, origin);
    let id = intent.id.clone();
    intent.status = PaymentStatus::Succeeded;
    intent.amount_received = intent.amount;
    intent.latest_charge = Some(charge.clone());
    books.put(intent);
    books.emit("charge.succeeded", &charge, origin);
    books.emit("payment_intent.succeeded", &id, origin);
}

fn fail(books: &mut Books, intent: PaymentIntent, decline: Decline, origin: &Origin) -> Refusal {
    let charge = books.charge(&intent, Some(decline), origin);
    books.emit("charge.failed", &charge, origin);
    reopen(books, intent, decline, Some(charge), origin)
}

/// Puts a declined payment back to where it can be tried again.
fn reopen(
    books: &mut Books,
    mut intent: PaymentIntent,
    decline: Decline,
    charge: Option<String>,
    origin: &Origin,
) -> Refusal {
    let id = intent.id.clone();
    let method = intent.payment_method.take().unwrap_or_default();
    let mut error = json!({
        "type": "card_error",
        "code": decline.code,
        "decline_code": decline.decline_code,
        "message": "Your card was declined.",
        "payment_method": books.show(&method),
    });
    if let Some(charge) = &charge {
        error["charge"] = json!(charge);
    }
    intent.status = PaymentStatus::RequiresPaymentMethod;
    intent.latest_charge = charge;
    intent.last_payment_error = Some(error.clone());
    let refusal = Refusal::card(&error, json!(intent));
    books.put(intent);
    books.emit("payment_intent.payment_failed", &id, origin);
    refusal
}
