//! What the activities report back: the form in which facts from outside enter a history.
//!
//! These are not the wire formats of the partner or of billing. An activity translates and
//! classifies (`activities/src/partner/sky`); `submission.rs` decides what follows from a report.
//! Every text here is bounded and free of secrets, since it stays in histories.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::serde::unsigned_duration::friendly::compact::optional as friendly;
use serde::{Deserialize, Serialize};

use crate::contract::kind::Kind;
use crate::contract::money::Money;
use crate::operation::denial::Denial;

/// An operation as the partner shows it, in our terms; nothing in it has been verified yet.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct OperationState {
    /// Which request it is about.
    pub request_id: String,
    /// A payment or a reversal.
    pub kind: Shown<Kind>,
    /// Its status.
    pub status: Status,
    /// How much.
    pub money: Shown<Money>,
    /// The partner's own id of the operation.
    pub partner_payment_id: String,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A value that the partner shows: ours if it has a known meaning, otherwise the partner's own
/// text.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Shown<T> {
    /// It is one of ours.
    Ours(T),
    /// We have no such value.
    Unknown {
        /// The partner's text for it.
        text: String,
    },
}

/// The status of an operation at the partner.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The partner has it, and has not finished it.
    Pending,
    /// The money moved.
    Completed,
    /// The partner declined; no money moved.
    Declined {
        /// The partner's code for the reason, `unspecified` if it gave none.
        code: String,
    },
    /// An unknown status, in the partner's own text. It counts as not finished.
    Unknown(String),
}

/// A report about the partner, and the run whose step made it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reported<R> {
    /// The run, by Temporal's id. A reset copies the reports of an earlier run, which say nothing
    /// about what that run did later. Only this id tells the two apart.
    pub run_id: String,
    /// The partner's id of the operation as the runs before recorded it, where this run was reset
    /// from one and did not know it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_before: Option<String>,
    /// What it says.
    #[serde(flatten)]
    pub report: R,
}

impl<R> Reported<R> {
    /// A report by a step of run `run_id`.
    pub fn new(run_id: impl Into<String>, report: R) -> Reported<R> {
        Reported {
            run_id: run_id.into(),
            known_before: None,
            report,
        }
    }
}

/// The form used in sentences.
impl<T: fmt::Display> fmt::Display for Shown<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Shown::Ours(value) => value.fmt(f),
            Shown::Unknown { text } => f.write_str(text),
        }
    }
}

/// The form used in sentences.
impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Status::Pending => f.write_str("pending"),
            Status::Completed => f.write_str("completed"),
            Status::Declined { code } => write!(f, "declined ({code})"),
            Status::Unknown(text) => write!(f, "{text:?}"),
        }
    }
}

/// How the step "ask, then submit" ended.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "report", rename_all = "snake_case")]
pub enum SubmissionReport {
    /// Nothing that could move money was sent, or the partner said that it did nothing. The step
    /// may be repeated.
    NotSent {
        /// What stood in the way.
        reason: String,
        /// How long the partner asked to wait.
        #[serde(default, with = "friendly", skip_serializing_if = "Option::is_none")]
        retry_after: Option<Duration>,
        /// Whether it is as with [`StatusReport::NoAnswer`]: the partner was not asked, or put it off.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        is_unasked: bool,
    },
    /// No connection to the partner could be made, so not a byte was sent.
    NotConnected {
        /// What stood in the way.
        reason: String,
    },
    /// The partner denies us access, or the account is not configured here. Nothing was done; an
    /// operator is needed.
    AccessDenied(Denial),
    /// The partner made the operation under this id of its own and moved no money yet: submitting it
    /// by that id does.
    Prepared {
        /// The partner's id of the operation.
        partner_payment_id: String,
    },
    /// The question before the submission found the operation; nothing was submitted now.
    Found(OperationState),
    /// The partner answered the submission.
    Answered(OperationState),
    /// The partner refused this submission for good and did nothing.
    Refused {
        /// The partner's code.
        code: String,
    },
    /// The partner repeated its recorded answer to the first submission under the same key: it had
    /// refused that one for good. So none was ever carried out, and none will be.
    RefusedBefore {
        /// The partner's code.
        code: String,
    },
    /// It was sent, or may have been, and the response leaves the outcome unknown.
    Open {
        /// What arrived instead of an answer.
        reason: String,
    },
    /// This step sent nothing, because another step that Temporal handed out for the same request
    /// may have submitted it, or still may.
    Withheld {
        /// Why another step may have.
        reason: String,
    },
}

/// How the step "ask for the status" ended.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "report", rename_all = "snake_case")]
pub enum StatusReport {
    /// The partner showed the operation.
    Shown(OperationState),
    /// The partner does not know the request.
    NotFound,
    /// It is certain that the partner moved no money for the request, and that nothing that the asking
    /// run knows to be sent can make it. So what is open may be submitted again; a final status that
    /// moved nothing is a declined [`StatusReport::Shown`] instead.
    NothingMoved,
    /// The partner denies us access, or the account is not configured here.
    AccessDenied(Denial),
    /// No usable answer.
    NoAnswer {
        /// What arrived instead.
        reason: String,
        /// How long the partner asked to wait.
        #[serde(default, with = "friendly", skip_serializing_if = "Option::is_none")]
        retry_after: Option<Duration>,
        /// Whether the partner was not asked, as far as is known, or put the question off: then its silence
        /// says nothing.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        is_unasked: bool,
    },
}

/// How the step "record the payment with billing" ended.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "report", rename_all = "snake_case")]
pub enum BillingReport {
    /// It is recorded, now or before.
    Recorded {
        /// The id of billing's record.
        billing_document_id: String,
    },
    /// Billing refuses (400, 401, 403 or 409), or answered about another amount. An operator is
    /// needed; nothing is lost.
    Refused {
        /// What billing said.
        reason: String,
    },
    /// Not recorded as far as we know; repeat it under the same key.
    NoAnswer {
        /// What arrived instead.
        reason: String,
        /// How long billing asked to wait.
        #[serde(default, with = "friendly", skip_serializing_if = "Option::is_none")]
        retry_after: Option<Duration>,
    },
}

impl SubmissionReport {
    /// Nothing was sent, and nobody asked to wait.
    pub fn not_sent(reason: impl Into<String>) -> SubmissionReport {
        SubmissionReport::NotSent {
            reason: reason.into(),
            retry_after: None,
            is_unasked: false,
        }
    }

    /// Nothing was sent, and the partner was not asked, or put it off.
    pub fn not_asked(reason: impl Into<String>, retry_after: Option<Duration>) -> SubmissionReport {
        SubmissionReport::NotSent {
            reason: reason.into(),
            retry_after,
            is_unasked: true,
        }
    }
}

impl StatusReport {
    /// No usable answer, and nobody asked to wait.
    pub fn no_answer(reason: impl Into<String>) -> StatusReport {
        StatusReport::NoAnswer {
            reason: reason.into(),
            retry_after: None,
            is_unasked: false,
        }
    }

    /// Whether the partner was not asked, as far as is known, or put the question off.
    pub fn is_unasked(&self) -> bool {
        matches!(
            self,
            StatusReport::NoAnswer {
                is_unasked: true,
                ..
            }
        )
    }

    /// The partner was not asked, as far as is known, or put the question off.
    pub fn not_asked(reason: impl Into<String>, retry_after: Option<Duration>) -> StatusReport {
        StatusReport::NoAnswer {
            reason: reason.into(),
            retry_after,
            is_unasked: true,
        }
    }
}

impl BillingReport {
    /// No usable answer, and nobody asked to wait.
    pub fn no_answer(reason: impl Into<String>) -> BillingReport {
        BillingReport::NoAnswer {
            reason: reason.into(),
            retry_after: None,
        }
    }
}

#[cfg(test)]
impl OperationState {
    /// An operation in KGS; a `status` that is not one of ours becomes an unknown one.
    pub(crate) fn shown(
        request_id: &str,
        kind: Kind,
        status: &str,
        amount: &str,
        partner_payment_id: &str,
    ) -> OperationState {
        OperationState {
            request_id: request_id.to_owned(),
            kind: Shown::Ours(kind),
            status: match status {
                "pending" => Status::Pending,
                "completed" => Status::Completed,
                "declined" => Status::Declined {
                    code: "unspecified".to_owned(),
                },
                unknown => Status::Unknown(unknown.to_owned()),
            },
            money: match Money::parse(amount, "KGS") {
                Ok(money) => Shown::Ours(money),
                Err(_) => Shown::Unknown {
                    text: format!("{amount} KGS"),
                },
            },
            partner_payment_id: partner_payment_id.to_owned(),
            updated_at: "2026-11-24T08:00:00Z".parse().expect("a moment"),
        }
    }
}
