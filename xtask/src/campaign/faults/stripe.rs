//! What goes wrong at Stripe, by the step that meets it.
//!
//! A payment whose confirmation is in doubt is looked up, and cancelled if it was not charged. So a
//! confirmation that is lost before it is carried out ends as declined.

mod refunds;

use serde_json::json;

use super::super::fault::{End, Evidence, Fault};
use super::stripe_settings::{
    always, arrives_late, executed, kind, on, payment, rolled_forward, status, takes_long,
};

use End::{Completed, Declined, Rejected};

/// Every kind, in an order that never changes.
pub(super) fn stripe_faults() -> Vec<Fault> {
    let mut faults = creations();
    faults.extend(confirmations());
    faults.extend(questions());
    faults.extend(cancellations());
    faults.extend(cards());
    faults.extend(events());
    faults.extend(refunds::refund_faults());
    faults
}

/// Creating a payment moves nothing: it is created again, under the same key.
fn creations() -> Vec<Fault> {
    [
        ("reset", kind("reset"), Completed),
        ("reset, executed", executed(kind("reset")), Completed),
        ("silence, executed", executed(kind("silence")), Completed),
        ("HTTP 401", status(401), Completed),
        ("HTTP 409", status(409), Completed),
        ("HTTP 424", status(424), Completed),
        ("HTTP 429", status(429), Completed),
        ("HTTP 500", status(500), Completed),
        ("refused for good", always(status(400)), Rejected),
    ]
    .map(|(name, fault, end)| payment("create", name, vec![on(CREATE, fault)], end))
    .into()
}

fn confirmations() -> Vec<Fault> {
    [
        ("reset", kind("reset"), Declined),
        ("reset, executed", executed(kind("reset")), Completed),
        ("silence", kind("silence"), Declined),
        ("silence, executed", executed(kind("silence")), Completed),
        ("HTTP 401", status(401), Completed),
        ("HTTP 409", status(409), Declined),
        ("HTTP 409, executed", executed(status(409)), Completed),
        ("HTTP 424", status(424), Declined),
        ("HTTP 424, executed", executed(status(424)), Completed),
        ("HTTP 429", status(429), Completed),
        ("HTTP 500", status(500), Declined),
        ("HTTP 500, executed", executed(status(500)), Completed),
        (
            "HTTP 500, rolled forward soon",
            rolled_forward("300ms"),
            Completed,
        ),
        (
            "HTTP 500, rolled forward late",
            rolled_forward("6s"),
            Completed,
        ),
        ("arrives late", arrives_late(), Completed),
        ("takes long", takes_long(), Completed),
        ("another amount", kind("other_amount"), Completed),
        ("unknown status", kind("unknown_status"), Completed),
    ]
    .map(|(name, fault, end)| payment("confirm", name, vec![on(CONFIRM, fault)], end))
    .into()
}

/// After a charge whose answer was lost.
fn questions() -> Vec<Fault> {
    [
        ("reset", kind("reset")),
        ("silence", kind("silence")),
        ("HTTP 429", status(429)),
        ("HTTP 500", status(500)),
    ]
    .map(|(name, fault)| {
        let charged = on(CONFIRM, executed(kind("reset")));
        payment(
            "retrieve",
            name,
            vec![charged, on(RETRIEVE, fault)],
            Completed,
        )
    })
    .into()
}

/// Of a payment that was not charged.
fn cancellations() -> Vec<Fault> {
    [
        ("reset, executed", executed(kind("reset"))),
        ("silence", kind("silence")),
        ("HTTP 409", status(409)),
        ("HTTP 429", status(429)),
        ("HTTP 500, executed", executed(status(500))),
    ]
    .map(|(name, fault)| {
        let lost = on(CONFIRM, status(500));
        payment("cancel", name, vec![lost, on(CANCEL, fault)], Declined)
    })
    .into()
}

fn cards() -> Vec<Fault> {
    [
        (
            "no funds",
            "pm_card_visa_chargeDeclinedInsufficientFunds",
            Declined,
        ),
        ("lost", "pm_card_visa_chargeDeclinedLostCard", Declined),
        ("expired", "pm_card_chargeDeclinedExpiredCard", Declined),
        (
            "needs the rider",
            "pm_card_authenticationRequired",
            Declined,
        ),
        ("processing, then paid", SETTLES, Completed),
        (
            "processing, then not",
            "pm_usBankAccount_insufficientFunds",
            Declined,
        ),
    ]
    .map(|(name, card, end)| Fault {
        setting: json!({ "card": card }),
        evidence: Evidence::StripeExecuted(CONFIRM),
        ..payment("card", name, Vec::new(), end)
    })
    .into()
}

/// Of a payment that is processing for a while.
fn events() -> Vec<Fault> {
    let repeated = json!({ "times": 3, "twin": true, "jitter": "1s" });
    [
        ("lost", json!({ "times": 0 }), Evidence::NoEvent),
        ("late", json!({ "delay": "8s" }), Evidence::Events(1)),
        ("repeated in any order", repeated, Evidence::Events(6)),
        (
            "before the answer",
            json!({ "before_answer": true }),
            Evidence::Events(1),
        ),
    ]
    .map(|(name, rule, evidence)| Fault {
        setting: json!({ "card": SETTLES, "rule": rule }),
        evidence,
        ..payment("event", name, Vec::new(), Completed)
    })
    .into()
}

const CREATE: &str = "create_payment_intent";
const CONFIRM: &str = "confirm_payment_intent";
const CANCEL: &str = "cancel_payment_intent";
const RETRIEVE: &str = "retrieve_payment_intent";

/// Processing for a second, then paid.
const SETTLES: &str = "pm_usBankAccount_success";
