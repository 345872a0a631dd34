//! Every kind of fault that the simulators can be told to show, with how a payment must end that
//! meets it.

use serde_json::{Value, json};

/// One kind of fault, for one operation.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Fault {
    /// Its name, the same in every plan.
    pub(crate) name: String,
    pub(crate) place: Place,
    /// A scenario's fields for the partner; a fault for billing.
    pub(crate) setting: Value,
    pub(crate) evidence: Evidence,
    pub(crate) end: End,
}

/// Whose behaviour it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// The partner's, for the request.
    Request,
    /// The partner's, for the order: a session is asked for before its request is known.
    Order,
    /// Billing's.
    Billing,
}

/// By what it is seen afterwards that it really occurred.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Evidence {
    /// The partner's journal tells a fault on a call about it.
    PartnerJournal,
    /// Billing's journal tells a fault.
    BillingJournal,
    /// The partner took the operation on.
    Accepted,
    /// The partner declined the operation.
    Declined,
    /// The operation became final, and at least so many callbacks were sent.
    Callbacks(usize),
    /// The operation became final, and no callback was sent.
    NoCallback,
    /// A callback was sent for another request id.
    ForeignCallback,
}

/// How an operation must end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum End {
    Completed,
    Declined,
    Rejected,
    /// The partner moved another amount, and an operator gives it up by hand.
    GivenUp,
}

/// The request id that a wrong callback names.
pub(crate) const FOREIGN_REQUEST: &str = "nobodys-request";

/// Every kind, in an order that never changes.
pub(crate) fn every_fault() -> Vec<Fault> {
    let mut faults = behaviours();
    faults.extend(session_faults());
    faults.extend(submission_faults());
    faults.extend(status_faults());
    faults.extend(billing_faults());
    faults
}

fn behaviours() -> Vec<Fault> {
    let never = json!({ "when": "never" });
    let lagging = json!({
        "status_lag": "3s", "faults": [{ "on": "submit", "kind": "reset", "executed": true }]
    });
    let early = json!({ "callback": { "when": "before_answer" } });
    let late = json!({ "callback": { "delay": "8s" } });
    let repeated = json!({ "callback": { "times": 20, "concurrent": true } });
    let foreign = json!({ "callback": { "wrong_request_id": FOREIGN_REQUEST } });
    let past_the_deadline = json!({ "completes_after": "50s", "callback": never });
    let declined = json!({ "decline": "insufficient_funds" });
    let unknown_code = json!({ "decline": "never_seen_before", "completes_after": "0s" });
    let no_code = json!({ "decline": "", "callback": never });
    [
        (
            "callback lost",
            json!({ "callback": never }),
            Evidence::NoCallback,
            End::Completed,
        ),
        (
            "callback before the answer",
            early,
            Evidence::Callbacks(1),
            End::Completed,
        ),
        (
            "callback late",
            late,
            Evidence::Callbacks(1),
            End::Completed,
        ),
        (
            "callback repeated at once",
            repeated,
            Evidence::Callbacks(20),
            End::Completed,
        ),
        (
            "callback for another request",
            foreign,
            Evidence::ForeignCallback,
            End::Completed,
        ),
        (
            "pending for a while",
            json!({ "completes_after": "6s" }),
            Evidence::Accepted,
            End::Completed,
        ),
        (
            "pending past the deadline",
            past_the_deadline,
            Evidence::Accepted,
            End::Completed,
        ),
        (
            "accepted slowly",
            json!({ "executes_after": "800ms" }),
            Evidence::Accepted,
            End::Completed,
        ),
        (
            "status lags, answer lost",
            lagging,
            Evidence::PartnerJournal,
            End::Completed,
        ),
        ("declined", declined, Evidence::Declined, End::Declined),
        (
            "declined by an unknown code",
            unknown_code,
            Evidence::Declined,
            End::Declined,
        ),
        (
            "declined without a code",
            no_code,
            Evidence::Declined,
            End::Declined,
        ),
        // The plan fills in the amount.
        (
            OTHER_AMOUNT_MOVED,
            json!({}),
            Evidence::Accepted,
            End::GivenUp,
        ),
    ]
    .map(|(name, setting, evidence, end)| Fault {
        name: name.to_owned(),
        place: Place::Request,
        setting,
        evidence,
        end,
    })
    .into()
}

/// The partner makes the operation with another amount than it was asked for.
pub(crate) const OTHER_AMOUNT_MOVED: &str = "another amount moved";

fn session_faults() -> Vec<Fault> {
    let kinds = spoilings().into_iter().chain(statuses());
    kinds
        .map(|(name, kind)| Fault {
            name: format!("session: {name}"),
            place: Place::Order,
            setting: json!({ "faults": [{ "on": "init_session", "kind": kind }] }),
            evidence: Evidence::PartnerJournal,
            end: End::Completed,
        })
        .collect()
}

fn submission_faults() -> Vec<Fault> {
    let kinds: Vec<_> = spoilings().into_iter().chain(statuses()).collect();
    let mut faults = Vec::new();
    for executed in [true, false] {
        let suffix = if executed { "executed" } else { "not executed" };
        for (name, kind) in &kinds {
            let fault = json!({ "on": "submit", "kind": kind, "executed": executed });
            faults.push(submission(
                format!("{name}, {suffix}"),
                fault,
                End::Completed,
            ));
        }
    }
    for (name, kind) in lies() {
        let fault = json!({ "on": "submit", "kind": kind });
        faults.push(submission(name, fault, End::Completed));
    }
    let refusal = json!({ "status": 422, "code": "card_missing", "body": "json" });
    let refused = json!({ "on": "submit", "kind": refusal, "times": 0 });
    faults.push(submission(
        "refused for good".to_owned(),
        refused,
        End::Rejected,
    ));
    let unknown = json!({ "status": 401, "code": "key_unknown", "body": "json" });
    let barred = json!({ "on": "submit", "kind": unknown });
    faults.push(submission(
        "key unknown for a while".to_owned(),
        barred,
        End::Completed,
    ));
    faults
}

fn submission(name: String, fault: Value, end: End) -> Fault {
    Fault {
        name: format!("submission: {name}"),
        place: Place::Request,
        setting: json!({ "faults": [fault] }),
        evidence: Evidence::PartnerJournal,
        end,
    }
}

/// The first question comes before the submission, the later ones after it.
fn status_faults() -> Vec<Fault> {
    let kinds: Vec<_> = spoilings().into_iter().chain(statuses()).collect();
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
        .map(|(name, kind, skip)| Fault {
            name: format!("status: {name}"),
            place: Place::Request,
            setting: json!({
                "faults": [{ "on": "status", "kind": kind, "skip": skip, "times": 2 }]
            }),
            evidence: Evidence::PartnerJournal,
            end: End::Completed,
        })
        .collect()
}

fn billing_faults() -> Vec<Fault> {
    let refusals = [400, 401, 403, 409]
        .map(|status| (format!("HTTP {status}"), json!({ "status": status }), false));
    let kinds: Vec<_> = spoilings().into_iter().chain(statuses()).collect();
    let recorded = kinds
        .iter()
        .map(|(name, kind)| (format!("{name}, recorded"), kind.clone(), true));
    let not = kinds
        .iter()
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

/// What spoils an answer on its way, for all three calls of the partner and for billing.
fn spoilings() -> Vec<(String, Value)> {
    [
        "reset",
        "silence",
        "half_answer",
        "huge_body",
        "drip",
        "garbage",
        "html_200",
        "redirect",
    ]
    .map(|word| (words(word), json!(word)))
    .into()
}

/// Answers that say nothing of what happened.
fn statuses() -> Vec<(String, Value)> {
    vec![
        (
            "HTTP 429".to_owned(),
            json!({ "status": 429, "retry_after": 1 }),
        ),
        ("HTTP 500".to_owned(), json!({ "status": 500 })),
        (
            "HTTP 502".to_owned(),
            json!({ "status": 502, "body": "html" }),
        ),
        (
            "HTTP 503".to_owned(),
            json!({ "status": 503, "retry_after": 1, "body": "empty" }),
        ),
        (
            "HTTP 504".to_owned(),
            json!({ "status": 504, "body": "html" }),
        ),
    ]
}

fn lies() -> Vec<(String, Value)> {
    [
        "other_request",
        "other_amount",
        "other_currency",
        "other_kind",
        "unknown_status",
    ]
    .map(|word| (words(word), json!(word)))
    .into()
}

fn words(word: &str) -> String {
    word.replace('_', " ")
}
