//! What goes wrong with refunds. Whatever it is, they end as completed, if Stripe does not refuse them.

use harness::OperationKind;
use serde_json::{Value, json};

use super::super::super::fault::{End, Evidence, Fault, LIST_REFUNDS, Place};
use super::super::stripe_settings::{
    arrives_late, executed, kind, on, payment, rolled_forward, status, takes_long,
};

use End::{Completed, Rejected};

/// Every kind, in an order that never changes.
pub(super) fn refund_faults() -> Vec<Fault> {
    let mut faults = submissions();
    faults.extend(questions());
    faults
}

/// The same request again is the question.
fn submissions() -> Vec<Fault> {
    let refused = json!({ "kind": { "status": 400 }, "saved": true });
    [
        ("reset", kind("reset"), Completed),
        ("reset, executed", executed(kind("reset")), Completed),
        ("silence", kind("silence"), Completed),
        ("silence, executed", executed(kind("silence")), Completed),
        ("HTTP 409", status(409), Completed),
        ("HTTP 424", status(424), Completed),
        ("HTTP 429", status(429), Completed),
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
        ("refused for good", refused, Rejected),
    ]
    .map(|(name, fault, end)| refund("refund", name, vec![on(REFUND, fault)], end))
    .into()
}

fn questions() -> Vec<Fault> {
    let listed = [
        ("reset", kind("reset")),
        ("silence", kind("silence")),
        ("HTTP 429", status(429)),
    ]
    .map(|(name, fault)| refund("list", name, vec![on(LIST_REFUNDS, fault)], Completed));
    let asked = [
        ("silence", vec![on(RETRIEVE_REFUND, kind("silence"))]),
        ("HTTP 500", vec![on(RETRIEVE_REFUND, status(500))]),
    ]
    .map(|(name, faults)| refund("pending refund", name, faults, Completed));
    let waited_for = Fault {
        evidence: Evidence::StripeExecuted(REFUND),
        ..refund("pending refund", "waited for", Vec::new(), Completed)
    };
    let pending = asked.into_iter().chain([waited_for]).map(|mut fault| {
        fault.setting["card"] = json!("pm_card_pendingRefund");
        fault
    });
    listed.into_iter().chain(pending).collect()
}

fn refund(step: &str, name: &str, faults: Vec<Value>, end: End) -> Fault {
    Fault {
        place: Place::Stripe(OperationKind::Reversal),
        ..payment(step, name, faults, end)
    }
}

const REFUND: &str = "create_refund";
const RETRIEVE_REFUND: &str = "retrieve_refund";
