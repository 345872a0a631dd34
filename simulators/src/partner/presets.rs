//! Scenarios by name, each as the fields in which it differs from the default.

use serde_json::{Map, Value};

/// The fields of a preset, or none if there is no preset with this name.
pub(super) fn preset(name: &str) -> Option<Map<String, Value>> {
    let (_, fields) = PRESETS.iter().find(|(known, _)| *known == name)?;
    serde_json::from_str(fields).ok()
}

/// The names of all presets, for an error message.
pub(super) fn names() -> String {
    PRESETS.map(|(name, _)| name).join(", ")
}

const PRESETS: [(&str, &str); 12] = [
    ("declined", r#"{"decline": "insufficient_funds"}"#),
    ("pending_for_a_while", r#"{"completes_after": "30s"}"#),
    ("callback_lost", r#"{"callback": {"when": "never"}}"#),
    (
        "callback_repeated",
        r#"{"callback": {"times": 10, "concurrent": true}}"#,
    ),
    (
        "callback_before_answer",
        r#"{"callback": {"when": "before_answer"}}"#,
    ),
    (
        "answer_lost_after_charge",
        r#"{"faults": [{"on": "submit", "kind": "reset", "executed": true}]}"#,
    ),
    (
        "charge_lost_before_answer",
        r#"{"faults": [{"on": "submit", "kind": "reset"}]}"#,
    ),
    (
        "second_submission_charges_again",
        r#"{"second_submission": "charges_again"}"#,
    ),
    (
        "status_lag",
        r#"{"status_lag": "10s", "callback": {"when": "never"}}"#,
    ),
    (
        "rate_limited",
        r#"{"faults": [{"on": "submit", "kind": {"status": 429, "retry_after": 2}}]}"#,
    ),
    (
        "server_error",
        r#"{"faults": [{"on": "submit", "kind": {"status": 500}}]}"#,
    ),
    (
        "html_answer",
        r#"{"faults": [{"on": "submit", "kind": "html_200", "executed": true}]}"#,
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::partner::Scenario;

    #[test]
    fn every_preset_is_a_scenario() {
        for (name, _) in PRESETS {
            Scenario::default().with(&preset(name).unwrap()).unwrap();
        }
    }
}
