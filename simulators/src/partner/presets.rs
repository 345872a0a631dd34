//! Scenarios by name, each as the fields in which it differs from the default.

use serde_json::{Map, Value, json};

/// The fields of a preset, or nothing when there is none of this name.
pub(super) fn preset(name: &str) -> Option<Map<String, Value>> {
    let fields = match name {
        "declined" => json!({ "decline": "insufficient_funds" }),
        "pending_for_a_while" => json!({ "completes_after": "30s" }),
        "callback_lost" => json!({ "callback": { "when": "never" } }),
        "callback_repeated" => json!({ "callback": { "times": 10, "concurrent": true } }),
        "callback_before_answer" => json!({ "callback": { "when": "before_answer" } }),
        "answer_lost_after_charge" => {
            json!({ "faults": [{ "on": "submit", "kind": "reset", "executed": true }] })
        }
        "charge_lost_before_answer" => json!({ "faults": [{ "on": "submit", "kind": "reset" }] }),
        "second_submission_charges_again" => json!({ "second_submission": "charges_again" }),
        "status_lag" => json!({ "status_lag": "10s", "callback": { "when": "never" } }),
        "rate_limited" => json!({ "faults": [
            { "on": "submit", "kind": { "status": 429, "retry_after": 2 } }
        ] }),
        "server_error" => json!({ "faults": [{ "on": "submit", "kind": { "status": 500 } }] }),
        "html_answer" => {
            json!({ "faults": [{ "on": "submit", "kind": "html_200", "executed": true }] })
        }
        _ => return None,
    };
    fields.as_object().cloned()
}

/// The names that [`preset`] knows.
pub(super) const NAMES: [&str; 12] = [
    "declined",
    "pending_for_a_while",
    "callback_lost",
    "callback_repeated",
    "callback_before_answer",
    "answer_lost_after_charge",
    "charge_lost_before_answer",
    "second_submission_charges_again",
    "status_lag",
    "rate_limited",
    "server_error",
    "html_answer",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::partner::Scenario;

    #[test]
    fn every_preset_is_a_scenario() {
        for name in NAMES {
            Scenario::default().with(&preset(name).unwrap()).unwrap();
        }
    }
}
