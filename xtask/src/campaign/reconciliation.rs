//! Four books held against each other: what was asked for, the partner's ledger, billing's
//! documents, and how the workflow ended. Every difference is told, those that the plan explains
//! with their reason. Amounts are compared as the text that they are.

use harness::{Document, LedgerEntry};
use serde_json::Value;

use super::fault::End;
use super::plan::{Kind, Planned};

/// What everybody says about one operation.
pub(crate) struct Books<'a> {
    pub(crate) planned: &'a Planned,
    pub(crate) ledger: Vec<LedgerEntry>,
    pub(crate) documents: Vec<Document>,
    pub(crate) ending: Ending,
    pub(crate) repeats: Vec<Repeat>,
}

/// How the workflow ended.
#[derive(Clone, Debug)]
pub(crate) enum Ending {
    /// With this result.
    Outcome(Value),
    /// Without a result, for this reason.
    Failed(String),
    /// It has not.
    Open {
        /// Whether operators see that it needs attention.
        is_seen: bool,
    },
}

/// What a second start of the same request was answered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Repeat {
    pub(crate) is_same_run: bool,
    pub(crate) has_other_amount: bool,
    /// Whether the caller was told that the amount differs.
    pub(crate) was_told: bool,
}

/// One thing that is not as it was asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Difference {
    pub(crate) what: &'static str,
    pub(crate) detail: String,
    /// Why the plan expects it; nothing for what must never be.
    pub(crate) reason: Option<&'static str>,
}

impl Books<'_> {
    /// Every difference.
    pub(crate) fn differences(&self) -> Vec<Difference> {
        let mut differences = self.ending_differences();
        differences.extend(self.ledger_differences());
        differences.extend(self.billing_differences());
        differences.extend(self.repeat_differences());
        differences
    }

    /// The end in one word, for counting.
    pub(crate) fn ending_word(&self) -> &str {
        match &self.ending {
            Ending::Outcome(outcome) => outcome["outcome"].as_str().unwrap_or("unreadable"),
            Ending::Failed(_) if self.is_cancelled() => "cancelled",
            Ending::Failed(_) => "failed",
            Ending::Open { is_seen: true } => "open, needs attention",
            Ending::Open { is_seen: false } => "open, unseen",
        }
    }

    fn ending_differences(&self) -> Vec<Difference> {
        let expected = match self.planned.end() {
            End::Completed => "completed",
            End::Declined => "declined",
            End::Rejected => "rejected",
            End::GivenUp => "abandoned",
        };
        let word = self.ending_word();
        let detail = format!("{word} instead of {expected}: {:?}", self.ending);
        match &self.ending {
            Ending::Outcome(outcome) if word == expected => self.field_differences(outcome),
            Ending::Outcome(_) => vec![unexplained("another outcome", detail)],
            Ending::Failed(_) if self.is_cancelled() && self.planned.may_be_cancelled() => {
                vec![Difference {
                    what: "not carried out",
                    detail,
                    reason: Some("procaas cancelled it before anything was sent"),
                }]
            }
            Ending::Failed(_) => vec![unexplained("failed", detail)],
            Ending::Open { is_seen: true } => vec![unexplained("still open", detail)],
            Ending::Open { is_seen: false } => vec![unexplained("waits unseen", detail)],
        }
    }

    fn field_differences(&self, outcome: &Value) -> Vec<Difference> {
        let planned = self.planned;
        let moved = self.ledger.first();
        let payment_id = moved.map(|entry| entry.partner_payment_id.as_str());
        let document_id = self
            .documents
            .first()
            .map(|it| it.billing_document_id.as_str());
        let mut expected = vec![
            ("request_id", Some(planned.request_id.as_str())),
            ("order_id", Some(&planned.order_id)),
            ("amount", Some(&planned.amount)),
            ("currency", Some(planned.currency)),
            ("billing_document_id", document_id),
        ];
        if moved.is_some() {
            expected.push(("partner_payment_id", payment_id));
        }
        let wrong = expected
            .into_iter()
            .filter(|(field, value)| outcome[field].as_str() != *value);
        wrong
            .map(|(field, value)| {
                let detail = format!("{field} is {} instead of {value:?}", outcome[field]);
                unexplained("another word in the outcome", detail)
            })
            .collect()
    }

    fn ledger_differences(&self) -> Vec<Difference> {
        let planned = self.planned;
        let mut differences = Vec::new();
        if self.ledger.len() > 1 {
            differences.push(unexplained("moved twice", format!("{:?}", self.ledger)));
        }
        if self.ledger.is_empty() && self.is_completed() {
            differences.push(unexplained("completed, and nothing moved", String::new()));
        }
        for entry in &self.ledger {
            let detail = format!("{} {} {}", entry.kind, entry.amount, entry.currency);
            let is_expected = self.is_given_up() && entry.amount == planned.other_amount;
            let reason = is_expected.then_some(
                "the partner moved another amount than asked for; an operator gave it up by hand",
            );
            let (kind, order) = (planned.kind.ledger_kind(), &planned.order_id);
            if entry.kind != kind || entry.order_id != *order || entry.currency != planned.currency
            {
                differences.push(unexplained("another movement", detail.clone()));
            }
            if entry.amount != planned.amount {
                differences.push(Difference {
                    what: "another amount moved",
                    detail: detail.clone(),
                    reason,
                });
            }
            if !self.is_completed() {
                differences.push(Difference {
                    what: "moved, and not completed",
                    detail,
                    reason,
                });
            }
        }
        differences
    }

    fn billing_differences(&self) -> Vec<Difference> {
        let planned = self.planned;
        let is_payment = planned.kind == Kind::ExtraPayment;
        let detail = format!("{:?}", self.documents);
        let mut differences = Vec::new();
        let mut tell = |holds: bool, what| {
            if holds {
                differences.push(unexplained(what, detail.clone()));
            }
        };
        let is_billed = !self.documents.is_empty();
        tell(self.documents.len() > 1, "billed twice");
        tell(is_billed && !is_payment, "a reversal was billed");
        tell(
            is_billed && !self.is_completed(),
            "billed, and not completed",
        );
        tell(
            !is_billed && is_payment && self.is_completed(),
            "completed, and not billed",
        );
        let is_ours = |document: &Document| {
            document.amount == planned.amount
                && document.currency == planned.currency
                && document.order_id == planned.order_id
        };
        tell(
            !self.documents.iter().all(is_ours),
            "something else was billed",
        );
        differences
    }

    fn repeat_differences(&self) -> Vec<Difference> {
        let mut differences = Vec::new();
        for repeat in &self.repeats {
            if !repeat.is_same_run {
                let what = "a second start began a second run";
                differences.push(unexplained(what, format!("{repeat:?}")));
            }
            if repeat.was_told != repeat.has_other_amount {
                let what = "a second start was answered wrongly";
                differences.push(unexplained(what, format!("{repeat:?}")));
            }
        }
        differences
    }

    fn is_completed(&self) -> bool {
        self.ending_word() == "completed"
    }

    fn is_cancelled(&self) -> bool {
        matches!(&self.ending, Ending::Failed(reason) if reason.contains("cancelled before"))
    }

    fn is_given_up(&self) -> bool {
        self.planned.end() == End::GivenUp && self.ending_word() == "abandoned"
    }
}

fn unexplained(what: &'static str, detail: String) -> Difference {
    Difference {
        what,
        detail,
        reason: None,
    }
}

#[cfg(test)]
mod tests;
