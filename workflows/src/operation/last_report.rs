//! What is kept of a report for people to read.

use jiff::Timestamp;

use crate::contract::last_report::{LastReport, Source};
use crate::operation::partner_report::{
    BillingReport, OperationState, StatusReport, SubmissionReport,
};

impl LastReport {
    /// What the partner answered to a submission, or to the question before it.
    pub(crate) fn of_submission(report: &SubmissionReport, at: Timestamp) -> Option<LastReport> {
        let words = match report {
            SubmissionReport::Found(state) | SubmissionReport::Answered(state) => status(state),
            SubmissionReport::Refused { code } | SubmissionReport::RefusedBefore { code } => {
                format!("refused: {code}")
            }
            SubmissionReport::Prepared { partner_payment_id } => {
                format!("prepared as {partner_payment_id}")
            }
            SubmissionReport::NotSent { .. }
            | SubmissionReport::NotConnected { .. }
            | SubmissionReport::AccessDenied { .. }
            | SubmissionReport::Open { .. }
            | SubmissionReport::Withheld { .. } => return None,
        };
        Some(LastReport::from(Source::Partner, words, at))
    }

    /// What the partner answered when it was asked.
    pub(crate) fn of_status(report: &StatusReport, at: Timestamp) -> Option<LastReport> {
        let words = match report {
            StatusReport::Shown(state) => status(state),
            StatusReport::NotFound => "not found".to_owned(),
            StatusReport::NothingMoved => "nothing moved".to_owned(),
            StatusReport::AccessDenied { .. } | StatusReport::NoAnswer { .. } => return None,
        };
        Some(LastReport::from(Source::Partner, words, at))
    }

    /// What billing answered.
    pub(crate) fn of_billing(report: &BillingReport, at: Timestamp) -> Option<LastReport> {
        let words = match report {
            BillingReport::Recorded {
                billing_document_id,
            } => format!("recorded as {billing_document_id}"),
            BillingReport::Refused { .. } | BillingReport::NoAnswer { .. } => return None,
        };
        Some(LastReport::from(Source::Billing, words, at))
    }

    fn from(from: Source, words: String, at: Timestamp) -> LastReport {
        LastReport { from, words, at }
    }
}

/// Includes the amount, since that can differ from the requested one too.
fn status(state: &OperationState) -> String {
    format!("{}, {}", state.status, state.money)
}
