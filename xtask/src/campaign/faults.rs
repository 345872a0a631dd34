//! Every kind of fault that the simulators can be told to show.

mod stripe;
mod stripe_settings;
mod wire;

use serde_json::{Value, json};

use super::fault::{End, Evidence, FOREIGN_REQUEST, Fault, OTHER_AMOUNT_MOVED, Place};

/// Every kind at Stripe, in an order that never changes.
pub(crate) fn every_fault_at_stripe() -> Vec<Fault> {
    stripe::stripe_faults()
}

/// Every kind at Sky and at billing, in an order that never changes.
pub(crate) fn every_fault() -> Vec<Fault> {
    let mut faults = callbacks();
    faults.extend(behaviours());
    faults.extend(wire::session_faults());
    faults.extend(wire::submission_faults());
    faults.extend(wire::status_faults());
    faults.extend(wire::billing_faults());
    faults
}

/// What the partner does with callbacks.
fn callbacks() -> Vec<Fault> {
    use Evidence::{Callbacks, ForeignCallback, NoCallback};
    let [never, early, late, repeated, foreign] = [
        json!({ "when": "never" }),
        json!({ "when": "before_answer" }),
        json!({ "delay": "8s" }),
        json!({ "times": 20, "concurrent": true }),
        json!({ "wrong_request_id": FOREIGN_REQUEST }),
    ];
    [
        ("callback lost", never, NoCallback),
        ("callback before the answer", early, Callbacks(1)),
        ("callback late", late, Callbacks(1)),
        ("callback repeated at once", repeated, Callbacks(20)),
        ("callback for another request", foreign, ForeignCallback),
    ]
    .map(|(name, callback, evidence)| {
        let setting = json!({ "callback": callback });
        behaviour(name, setting, evidence, End::Completed)
    })
    .into()
}

/// What the partner does with operations.
fn behaviours() -> Vec<Fault> {
    use Evidence::{Accepted, Declined, PartnerJournal};
    let never = json!({ "when": "never" });
    let pending = json!({ "completes_after": "6s" });
    let past_the_deadline = json!({ "completes_after": "50s", "callback": never });
    let slow = json!({ "executes_after": "800ms" });
    let lost = json!([{ "on": "submit", "kind": "reset", "executed": true }]);
    let lagging = json!({ "status_lag": "3s", "faults": lost });
    let declined = json!({ "decline": "insufficient_funds" });
    let declined_at_once = json!({ "decline": "never_seen_before", "completes_after": "0s" });
    let declined_silently = json!({ "decline": "", "callback": never });
    [
        ("pending for a while", pending, Accepted, End::Completed),
        (
            "pending past the deadline",
            past_the_deadline,
            Accepted,
            End::Completed,
        ),
        ("accepted slowly", slow, Accepted, End::Completed),
        (
            "status lags, answer lost",
            lagging,
            PartnerJournal,
            End::Completed,
        ),
        ("declined", declined, Declined, End::Declined),
        (
            "declined by an unknown code",
            declined_at_once,
            Declined,
            End::Declined,
        ),
        (
            "declined without a code",
            declined_silently,
            Declined,
            End::Declined,
        ),
        // The plan fills in the amount.
        (OTHER_AMOUNT_MOVED, json!({}), Accepted, End::GivenUp),
    ]
    .map(|(name, setting, evidence, end)| behaviour(name, setting, evidence, end))
    .into()
}

fn behaviour(name: &str, setting: Value, evidence: Evidence, end: End) -> Fault {
    Fault {
        name: name.to_owned(),
        place: Place::Request,
        setting,
        evidence,
        end,
    }
}
