//! What goes wrong on the wire between the worker, the partner and billing.

use serde_json::{Value, json};

use super::super::fault::{End, Evidence, Fault, Place};

/// Faults on `initSession`.
pub(super) fn session_faults() -> Vec<Fault> {
    let kinds = broken_answers().into_iter();
    kinds
        .map(|(name, kind)| {
            let fault = json!({ "on": "init_session", "kind": kind });
            at_partner(Place::Order, format!("session: {name}"), fault)
        })
        .collect()
}

/// Faults on both submissions, executed in spite of them or not.
pub(super) fn submission_faults() -> Vec<Fault> {
    let kinds = broken_answers();
    let mut faults = Vec::new();
    for executed in [true, false] {
        let suffix = if executed { "executed" } else { "not executed" };
        // After 429 nothing was executed (`docs/api/partner.yaml`); a drip needs a right answer.
        let is_possible = |name: &str| name != if executed { "HTTP 429" } else { "drip" };
        for (name, kind) in kinds.iter().filter(|(name, _)| is_possible(name)) {
            let fault = json!({ "on": "submit", "kind": kind, "executed": executed });
            let name = format!("{name}, {suffix}");
            faults.push(submission(&name, fault, End::Completed));
        }
    }
    for (name, kind) in lies() {
        let fault = json!({ "on": "submit", "kind": kind });
        faults.push(submission(&name, fault, End::Completed));
    }
    let refusal = json!({ "status": 422, "code": "card_missing", "body": "json" });
    let refused = json!({ "on": "submit", "kind": refusal, "times": 0 });
    faults.push(submission("refused for good", refused, End::Rejected));
    let unknown = json!({ "status": 401, "code": "key_unknown", "body": "json" });
    let denied = json!({ "on": "submit", "kind": unknown });
    faults.push(submission(
        "key unknown for a while",
        denied,
        End::Completed,
    ));
    faults
}

fn submission(name: &str, fault: Value, end: End) -> Fault {
    Fault {
        end,
        ..at_partner(Place::Request, format!("submission: {name}"), fault)
    }
}

/// One after which the operation completes.
fn at_partner(place: Place, name: String, fault: Value) -> Fault {
    Fault {
        name,
        place,
        setting: json!({ "faults": [fault] }),
        evidence: Evidence::PartnerJournal,
        end: End::Completed,
    }
}

/// Faults on `paymentStatus`. The first question comes before the submission, the later ones after it.
pub(super) fn status_faults() -> Vec<Fault> {
    let kinds = broken_answers();
    let before = kinds
        .iter()
        .map(|(name, kind)| (format!("{name}, before"), kind.clone(), 0));
    let after = kinds
        .iter()
        .map(|(name, kind)| (format!("{name}, after"), kind.clone(), 1));
    let lies = lies().into_iter().map(|(name, kind)| (name, kind, 1));
    before
        .chain(after)
        .chain(lies)
        .map(|(name, kind, skip)| {
            let fault = json!({ "on": "status", "kind": kind, "skip": skip, "times": 2 });
            at_partner(Place::Request, format!("status: {name}"), fault)
        })
        .collect()
}

/// Faults of billing, with the payment recorded or not.
pub(super) fn billing_faults() -> Vec<Fault> {
    let refusals = [400, 401, 403, 409]
        .map(|status| (format!("HTTP {status}"), json!({ "status": status }), false));
    let kinds = broken_answers();
    let recorded = kinds
        .iter()
        .map(|(name, kind)| (format!("{name}, recorded"), kind.clone(), true));
    let not = kinds
        .iter()
        .filter(|(name, _)| name != "drip")
        .map(|(name, kind)| (format!("{name}, not recorded"), kind.clone(), false));
    let slow = ("slow".to_owned(), json!({ "slow": "3s" }), true);
    let lie = ("another amount".to_owned(), json!("other_amount"), true);
    recorded
        .chain(not)
        .chain(refusals)
        .chain([slow, lie])
        .map(|(name, kind, recorded)| Fault {
            name: format!("billing: {name}"),
            place: Place::Billing,
            setting: json!({ "kind": kind, "recorded": recorded }),
            evidence: Evidence::BillingJournal,
            end: End::Completed,
        })
        .collect()
}

/// The answers that are broken on their way, and those that say nothing of what happened, for all three
/// calls of the partner and for billing.
fn broken_answers() -> Vec<(String, Value)> {
    let spoiled = [
        "reset",
        "silence",
        "half_answer",
        "huge_body",
        "drip",
        "garbage",
        "html_200",
        "redirect",
    ]
    .map(|word| (spaced(word), json!(word)));
    let statuses = [
        json!({ "status": 429, "retry_after": 1 }),
        json!({ "status": 500 }),
        json!({ "status": 502, "body": "html" }),
        json!({ "status": 503, "retry_after": 1, "body": "empty" }),
        json!({ "status": 504, "body": "html" }),
    ]
    .map(|answer| (format!("HTTP {}", answer["status"]), answer));
    spoiled.into_iter().chain(statuses).collect()
}

fn lies() -> Vec<(String, Value)> {
    [
        "other_request",
        "other_amount",
        "other_currency",
        "other_kind",
        "unknown_status",
    ]
    .map(|word| (spaced(word), json!(word)))
    .into()
}

fn spaced(word: &str) -> String {
    word.replace('_', " ")
}
