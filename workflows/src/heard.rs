//! The last word that was said about an operation: by whom, what and when. For people alone;
//! nothing is decided by it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::partner_report::{BillingReport, OperationState, StatusReport, SubmissionReport};

/// What somebody outside said about an operation. Silence is no word.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Heard {
    /// Who said it.
    pub from: Speaker,
    /// What, in the speaker's own words where there are any.
    pub words: String,
    /// When it was heard, in the workflow's time.
    #[cfg_attr(feature = "schema", schemars(with = "crate::schema::Moment"))]
    pub at: Timestamp,
}

/// Who says things about an operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The partner, in an answer to us. A callback is none: it proves nothing.
    Partner,
    /// Billing.
    Billing,
}

impl Speaker {
    /// For a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Speaker::Partner => "the partner",
            Speaker::Billing => "billing",
        }
    }
}

impl Heard {
    /// What the partner said to a submission, or to the question before it.
    pub(crate) fn of_submission(report: &SubmissionReport, at: Timestamp) -> Option<Heard> {
        let words = match report {
            SubmissionReport::Found(state) | SubmissionReport::Answered(state) => status(state),
            SubmissionReport::Refused { code } => format!("refused: {code}"),
            SubmissionReport::NotSent { .. }
            | SubmissionReport::Barred { .. }
            | SubmissionReport::Open { .. }
            | SubmissionReport::Withheld { .. } => return None,
        };
        Some(Heard::from(Speaker::Partner, words, at))
    }

    /// What the partner said when it was asked.
    pub(crate) fn of_status(report: &StatusReport, at: Timestamp) -> Option<Heard> {
        let words = match report {
            StatusReport::Shown(state) => status(state),
            StatusReport::NotFound => "request_not_found".to_owned(),
            StatusReport::Barred { .. } | StatusReport::NoAnswer { .. } => return None,
        };
        Some(Heard::from(Speaker::Partner, words, at))
    }

    /// What billing said.
    pub(crate) fn of_billing(report: &BillingReport, at: Timestamp) -> Option<Heard> {
        let words = match report {
            BillingReport::Recorded {
                billing_document_id,
            } => format!("recorded as {billing_document_id}"),
            BillingReport::Refused { .. } | BillingReport::NoAnswer { .. } => return None,
        };
        Some(Heard::from(Speaker::Billing, words, at))
    }

    fn from(from: Speaker, words: String, at: Timestamp) -> Heard {
        Heard { from, words, at }
    }
}

/// With the amount, since that too may be another one than was asked for.
fn status(state: &OperationState) -> String {
    let OperationState {
        status,
        amount,
        currency,
        ..
    } = state;
    match &state.decline_code {
        Some(code) => format!("{status} ({code}), {amount} {currency}"),
        None => format!("{status}, {amount} {currency}"),
    }
}
