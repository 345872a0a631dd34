//! How the simulated Stripe is told of a fault (`simulators/README.md`).

use harness::OperationKind;
use serde_json::{Value, json};

use super::super::fault::{End, Evidence, Fault, Place};

/// The last of the faults is the one that has to be seen.
pub(super) fn payment(step: &str, name: &str, faults: Vec<Value>, end: End) -> Fault {
    let seen = faults.last().map(|it| it["on"].clone());
    Fault {
        name: format!("stripe {step}: {name}"),
        place: Place::Stripe(OperationKind::ExtraPayment),
        evidence: Evidence::StripeFault(seen.unwrap_or_default()),
        setting: json!({ "faults": faults }),
        end,
    }
}

pub(super) fn on(call: &str, mut fault: Value) -> Value {
    fault["on"] = json!(call);
    fault
}

pub(super) fn kind(kind: &str) -> Value {
    json!({ "kind": kind })
}

pub(super) fn status(status: u16) -> Value {
    match status {
        429 => json!({ "kind": { "status": status, "retry_after": 1 } }),
        _ => json!({ "kind": { "status": status } }),
    }
}

pub(super) fn executed(mut fault: Value) -> Value {
    fault["executed"] = json!(true);
    fault
}

pub(super) fn always(mut fault: Value) -> Value {
    fault["times"] = json!(0);
    fault
}

/// The answer is saved under the key, and Stripe makes good for it later.
pub(super) fn rolled_forward(after: &str) -> Value {
    json!({ "kind": { "status": 500 }, "saved": true, "rolls_forward_after": after })
}

pub(super) fn arrives_late() -> Value {
    json!({ "kind": "reset", "arrives_after": "2s" })
}

pub(super) fn takes_long() -> Value {
    json!({ "takes": "3s" })
}
