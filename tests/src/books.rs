//! Compares the books of one operation: what was requested, the partner's ledger, billing's
//! documents, and how the workflow ended. Amounts are compared as text.

use std::process::Output;

use serde_json::Value;

use crate::{Document, LedgerEntry, Movement, Operation, OperationKind, Stack};

/// What all parties say about one operation.
#[derive(Clone, Debug)]
pub struct Books {
    /// The partners' movements of money.
    pub ledger: Vec<LedgerEntry>,
    /// Billing's records.
    pub documents: Vec<Document>,
    /// How the workflow ended.
    pub end: End,
}

/// How a workflow ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum End {
    /// With this result.
    Outcome(Value),
    /// Without a result, for this reason.
    Failed(String),
    /// It has not, and is in this phase.
    Open(String),
}

/// How an operation must end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Expected {
    /// The money moved once, and was billed once if it has to be billed.
    Completed,
    /// The same, or procaas cancelled it before anything was sent.
    CompletedOrCancelled,
    /// The same, or no money moved: where it was in doubt whether the card was charged, the payment
    /// was cancelled, as is done at Stripe.
    CompletedOrCancelledInDoubt,
    /// No money moved, by the partner's decision; with this code, if one is expected.
    Declined(Option<&'static str>),
    /// No money moved, since the request can't be carried out.
    Rejected,
    /// An operator gave it up by hand, and no money had moved.
    Abandoned,
    /// An operator gave it up by hand, since the partner moved this other amount.
    AbandonedAfter(String),
}

/// A difference from what was requested.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// A short description, the same for all of its kind.
    pub what: &'static str,
    /// What was found.
    pub detail: String,
    /// Why it was expected; none for what must never happen.
    pub reason: Option<&'static str>,
}

impl Books {
    /// Asks the partners and billing about an operation that ended this way.
    pub async fn read(stack: &Stack, request_id: &str, end: End) -> anyhow::Result<Books> {
        let mut ledger = stack.partner().ledger(request_id).await?;
        if let Ok(stripe) = stack.stripe() {
            let moved = stripe.ledger(request_id).await?;
            ledger.extend(moved.into_iter().filter_map(Movement::entry));
        }
        Ok(Books {
            ledger,
            documents: stack.billing().documents(request_id).await?,
            end,
        })
    }

    /// All differences between the books of an operation that had to end this way.
    pub fn differences(&self, operation: &Operation, expected: &Expected) -> Vec<Difference> {
        let mut differences = self.end_differences(operation, expected);
        differences.extend(self.ledger_differences(operation, expected));
        differences.extend(self.billing_differences(operation));
        differences
    }

    fn end_differences(&self, operation: &Operation, expected: &Expected) -> Vec<Difference> {
        let word = self.end.label();
        let detail = format!("{word} instead of {}: {:?}", expected.label(), self.end);
        let (what, reason) = match &self.end {
            End::Outcome(outcome) if word == expected.label() => {
                return self.field_differences(outcome, operation, expected);
            }
            End::Outcome(outcome)
                if *expected == Expected::CompletedOrCancelledInDoubt
                    && outcome["decline_code"] == CANCELLED_IN_DOUBT =>
            {
                (
                    "not carried out",
                    Some("the charge was in doubt, so the payment was cancelled at the partner"),
                )
            }
            End::Outcome(_) => ("another outcome", None),
            End::Failed(_)
                if self.end.is_cancelled() && *expected == Expected::CompletedOrCancelled =>
            {
                (
                    "not carried out",
                    Some("procaas cancelled it before anything was sent"),
                )
            }
            End::Failed(_) => ("failed", None),
            End::Open(_) if self.end.is_seen() => ("still open", None),
            End::Open(_) => ("waits unseen", None),
        };
        vec![Difference {
            what,
            detail,
            reason,
        }]
    }

    fn field_differences(
        &self,
        outcome: &Value,
        operation: &Operation,
        expected: &Expected,
    ) -> Vec<Difference> {
        let document = self.documents.first();
        let mut fields = vec![
            ("request_id", Some(operation.request_id.as_str())),
            ("order_id", Some(&operation.order_id)),
            ("amount", Some(&operation.amount)),
            ("currency", Some(&operation.currency)),
            (
                "billing_document_id",
                document.map(|it| it.billing_document_id.as_str()),
            ),
        ];
        if let Some(document) = document {
            fields.push(("completed_at", Some(&document.completed_at)));
        }
        if let Some(moved) = self.ledger.first() {
            fields.push(("partner_payment_id", Some(&moved.partner_payment_id)));
        }
        match expected {
            Expected::Declined(Some(code)) => fields.push(("decline_code", Some(code))),
            Expected::Completed
            | Expected::CompletedOrCancelled
            | Expected::CompletedOrCancelledInDoubt => {
                fields.push(("decline_code", None));
            }
            _ => {}
        }
        let wrong = fields
            .into_iter()
            .filter(|(field, value)| outcome[field].as_str() != *value);
        wrong
            .map(|(field, value)| {
                let detail = format!("{field} is {} instead of {value:?}", outcome[field]);
                unexplained("another word in the outcome", detail)
            })
            .collect()
    }

    fn ledger_differences(&self, operation: &Operation, expected: &Expected) -> Vec<Difference> {
        let mut differences = Vec::new();
        if self.ledger.len() > 1 {
            differences.push(unexplained("moved twice", format!("{:?}", self.ledger)));
        }
        if self.ledger.is_empty() && self.end.is_completed() {
            differences.push(unexplained("completed, and nothing moved", String::new()));
        }
        for entry in &self.ledger {
            let detail = format!("{} {} {}", entry.kind, entry.amount, entry.currency);
            let reason = self.is_given_up(entry, expected).then_some(
                "the partner moved another amount than asked for; an operator gave it up by hand",
            );
            if entry.kind != operation.kind.ledger_kind()
                || entry.order_id != operation.order_id
                || entry.request_id != operation.request_id
                || entry.currency != operation.currency
            {
                differences.push(unexplained("another movement", detail.clone()));
            }
            if entry.amount != operation.amount {
                differences.push(Difference {
                    what: "another amount moved",
                    detail: detail.clone(),
                    reason,
                });
            }
            if !self.end.is_completed() {
                differences.push(Difference {
                    what: "moved, and not completed",
                    detail,
                    reason,
                });
            }
        }
        differences
    }

    fn billing_differences(&self, operation: &Operation) -> Vec<Difference> {
        let is_payment = operation.kind == OperationKind::ExtraPayment;
        let is_billed = !self.documents.is_empty();
        let is_completed = self.end.is_completed();
        let is_ours = |document: &Document| {
            document.amount == operation.amount
                && document.currency == operation.currency
                && document.order_id == operation.order_id
                && document.request_id == operation.request_id
        };
        let wrong = [
            ("billed twice", self.documents.len() > 1),
            ("a reversal was billed", is_billed && !is_payment),
            ("billed, and not completed", is_billed && !is_completed),
            (
                "completed, and not billed",
                !is_billed && is_payment && is_completed,
            ),
            (
                "something else was billed",
                !self.documents.iter().all(is_ours),
            ),
        ];
        let found = wrong.into_iter().filter(|(_, holds)| *holds);
        found
            .map(|(what, _)| unexplained(what, format!("{:?}", self.documents)))
            .collect()
    }

    fn is_given_up(&self, entry: &LedgerEntry, expected: &Expected) -> bool {
        let Expected::AbandonedAfter(other_amount) = expected else {
            return false;
        };
        self.end.label() == "abandoned" && entry.amount == *other_amount
    }
}

impl End {
    /// The end that `sky-payments result` or `wait` printed; none if it printed something else.
    pub fn told(output: &Output) -> Option<End> {
        if !matches!(output.status.code(), Some(0 | 5)) {
            return None;
        }
        let end: Value = serde_json::from_slice(&output.stdout).ok()?;
        Some(match end["outcome"].as_str() {
            Some(_) => End::Outcome(end),
            None => End::Failed(end["message"].as_str().unwrap_or_default().to_owned()),
        })
    }

    /// A short name, for counting.
    pub fn label(&self) -> &str {
        match self {
            End::Outcome(outcome) => outcome["outcome"].as_str().unwrap_or("unreadable"),
            End::Failed(_) if self.is_cancelled() => "cancelled",
            End::Failed(_) => "failed",
            End::Open(_) if self.is_seen() => "open, needs attention",
            End::Open(_) => "open, unseen",
        }
    }

    fn is_completed(&self) -> bool {
        self.label() == "completed"
    }

    fn is_cancelled(&self) -> bool {
        matches!(self, End::Failed(reason) if reason.contains("cancelled before"))
    }

    /// Whether it is shown to operators as needing attention.
    fn is_seen(&self) -> bool {
        matches!(self, End::Open(phase) if phase == "needs_attention")
    }
}

impl Expected {
    fn label(&self) -> &'static str {
        match self {
            Expected::Completed
            | Expected::CompletedOrCancelled
            | Expected::CompletedOrCancelledInDoubt => "completed",
            Expected::Declined(_) => "declined",
            Expected::Rejected => "rejected",
            Expected::Abandoned | Expected::AbandonedAfter(_) => "abandoned",
        }
    }
}

/// The decline code of a payment at Stripe that was cancelled, and that no card had declined before.
const CANCELLED_IN_DOUBT: &str = "canceled";

fn unexplained(what: &'static str, detail: String) -> Difference {
    Difference {
        what,
        detail,
        reason: None,
    }
}

#[cfg(test)]
mod tests;
