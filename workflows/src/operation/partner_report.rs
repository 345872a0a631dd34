//! What the activities report back: the words in which the outside world enters a history.
//!
//! They are not the partner's or billing's wire formats. An activity translates and classifies
//! (`activities/src/partner/`); what follows from a report is decided in `submission.rs`. Every
//! text here is bounded and free of secrets, since it stays in histories.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::serde::unsigned_duration::friendly::compact::optional as friendly;
use serde::{Deserialize, Serialize};

/// The partner's word on one operation, as it said it; nothing in it has been believed yet.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct OperationState {
    /// Which request it is about.
    pub request_id: String,
    /// PAYMENT or REVERSAL.
    pub kind: String,
    /// PENDING, COMPLETED, DECLINED, or a word never seen before.
    pub status: String,
    /// The partner's word for why it declined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decline_code: Option<String>,
    /// In main units.
    pub amount: String,
    /// ISO 4217 alphabetic code.
    pub currency: String,
    /// The partner's own name of the operation.
    pub partner_payment_id: String,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A report about the partner, and whose step made it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reported<R> {
    /// The run, by Temporal's id. A reset copies the reports of an earlier run, which say nothing of
    /// what that run did later: only this tells them apart.
    pub run_id: String,
    /// What it says.
    #[serde(flatten)]
    pub report: R,
}

impl<R> Reported<R> {
    /// A report by a step of run `run_id`.
    pub fn new(run_id: impl Into<String>, report: R) -> Reported<R> {
        let run_id = run_id.into();
        Reported { run_id, report }
    }
}

/// How the step "ask, then submit" ended.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "report", rename_all = "snake_case")]
pub enum SubmissionReport {
    /// Nothing that could move money was sent, or the partner said that it did nothing. It may be
    /// tried again.
    NotSent {
        /// What stood in the way.
        reason: String,
        /// How long the partner asked to wait.
        #[serde(default, with = "friendly", skip_serializing_if = "Option::is_none")]
        retry_after: Option<Duration>,
    },
    /// The partner does not let us in (its 401 and 403), or the account is not configured here.
    /// Nothing was done; an operator is needed.
    AccessDenied {
        /// The partner's code, or what is missing.
        reason: String,
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
    /// It was sent, or may have been, and what came back leaves the outcome open.
    Open {
        /// What came back instead of an answer.
        reason: String,
    },
    /// This step sent nothing, since another one that Temporal handed out for the same request may
    /// have submitted it, or may still.
    Withheld {
        /// Why another one may have.
        reason: String,
    },
}

/// How the step "ask for the status" ended.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "report", rename_all = "snake_case")]
pub enum StatusReport {
    /// The partner showed the operation.
    Shown(OperationState),
    /// The partner said `request_not_found`.
    NotFound,
    /// The partner does not let us in (its 401 and 403), or the account is not configured here.
    AccessDenied {
        /// The partner's code, or what is missing.
        reason: String,
    },
    /// No answer that says anything.
    NoAnswer {
        /// What came instead.
        reason: String,
        /// How long the partner asked to wait.
        #[serde(default, with = "friendly", skip_serializing_if = "Option::is_none")]
        retry_after: Option<Duration>,
    },
}

/// How the step "record the payment with billing" ended.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "report", rename_all = "snake_case")]
pub enum BillingReport {
    /// Recorded, now or before.
    Recorded {
        /// Billing's name of its record.
        billing_document_id: String,
    },
    /// Billing refuses (its 400, 401, 403, 409), or answered about another amount. An operator is
    /// needed; nothing is lost.
    Refused {
        /// What it said.
        reason: String,
    },
    /// Not recorded as far as we know; to be repeated under the same key.
    NoAnswer {
        /// What came instead.
        reason: String,
        /// How long billing asked to wait.
        #[serde(default, with = "friendly", skip_serializing_if = "Option::is_none")]
        retry_after: Option<Duration>,
    },
}
