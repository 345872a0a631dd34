//! What a report says about the cause that holds an operation up.

use crate::contract::cause::{Cause, LastError};
use crate::operation::denial::{Denial, DeniedBy};
use crate::operation::mismatch::{Mismatch, MismatchField};
use crate::operation::partner_report::{BillingReport, SubmissionReport};
use crate::operation::verdict::Verdict;

impl LastError {
    /// After a submission, or the question before it.
    pub(crate) fn of_submission(report: &SubmissionReport) -> Option<LastError> {
        Some(match report {
            SubmissionReport::Prepared { .. }
            | SubmissionReport::Answered(_)
            | SubmissionReport::Found(_) => return None,
            SubmissionReport::NotSent { reason, .. }
            | SubmissionReport::NotConnected { reason } => {
                LastError::new(Cause::NotSent, format!("not sent: {reason}"))
            }
            SubmissionReport::AccessDenied(denial) => LastError::of_denial(denial),
            SubmissionReport::Open { reason } | SubmissionReport::Withheld { reason } => {
                LastError::outcome_open(reason)
            }
            SubmissionReport::Refused { code } | SubmissionReport::RefusedBefore { code } => {
                LastError::new(Cause::Refused, format!("refused: {code}"))
            }
        })
    }

    /// After a submission whose outcome is unknown.
    pub(crate) fn outcome_open(reason: &str) -> LastError {
        LastError::new(Cause::OutcomeOpen, format!("outcome open: {reason}"))
    }

    /// After a question to the partner.
    pub(crate) fn of_verdict(verdict: &Verdict) -> Option<LastError> {
        Some(match verdict {
            Verdict::Pending { .. } | Verdict::Completed(_) | Verdict::Declined { .. } => {
                return None;
            }
            Verdict::Contradicts(mismatch) => LastError::of_mismatch(mismatch),
            Verdict::NotFound => {
                LastError::new(Cause::NotFound, "the partner does not know the request")
            }
            Verdict::AccessDenied(denial) => LastError::of_denial(denial),
            Verdict::NoAnswer(reason) | Verdict::NotAsked(reason) => LastError::no_answer(reason),
        })
    }

    fn no_answer(reason: &str) -> LastError {
        LastError::new(Cause::NoAnswer, format!("no answer: {reason}"))
    }

    /// If the partner or our configuration denies access.
    pub(crate) fn of_denial(denial: &Denial) -> LastError {
        let cause = match denial.by {
            DeniedBy::Partner => Cause::AccessDenied,
            DeniedBy::Configuration => Cause::AccountChanged,
        };
        LastError::new(cause, denial.to_string())
    }

    /// If the partner shows something else than was requested.
    pub(crate) fn of_mismatch(mismatch: &Mismatch) -> LastError {
        let cause = match mismatch.field {
            MismatchField::Amount => Cause::OtherAmount,
            MismatchField::RequestId | MismatchField::Kind | MismatchField::PartnerPaymentId => {
                Cause::OtherOperation
            }
        };
        LastError::new(cause, mismatch.to_string())
    }

    /// After billing was told.
    pub(crate) fn of_billing(report: &BillingReport) -> Option<LastError> {
        Some(match report {
            BillingReport::Recorded { .. } => return None,
            BillingReport::Refused { reason } => {
                LastError::new(Cause::BillingRefuses, format!("billing refuses: {reason}"))
            }
            BillingReport::NoAnswer { reason, .. } => {
                LastError::new(Cause::BillingAway, format!("billing: {reason}"))
            }
        })
    }
}

#[cfg(test)]
mod tests;
