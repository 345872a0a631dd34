//! The partner's last answer, and so what it would answer again. It shows operators which
//! resolution would be accepted. Nothing is decided by it; for a decision the partner is asked
//! again.

use serde::{Deserialize, Serialize};

use crate::operation::partner_report::{OperationState, StatusReport, SubmissionReport};
use crate::operation::verdict::{Asked, Verdict};

/// The partner's last answer about an operation.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct LastAnswer {
    /// What it showed, or that it does not know the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    said: Option<StatusReport>,
    /// Why it said nothing when it was asked after that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unanswered: Option<StatusReport>,
}

impl LastAnswer {
    /// Notes the answer to a question.
    pub(crate) fn asked(&mut self, report: &StatusReport) {
        match report {
            StatusReport::Shown(_) | StatusReport::NotFound | StatusReport::NothingMoved => {
                self.said = Some(report.clone());
                self.unanswered = None;
            }
            StatusReport::AccessDenied { .. } | StatusReport::NoAnswer { .. } => {
                self.unanswered = Some(report.clone());
            }
        }
    }

    /// Notes the answer to a question that was followed by a submission if the partner did not know
    /// the operation.
    pub(crate) fn submitted(&mut self, report: &SubmissionReport, asked: &Asked) {
        self.unanswered.take_if(|it| it.is_unasked());
        match report {
            SubmissionReport::Found(state) => self.asked(&StatusReport::Shown(state.clone())),
            // An answer about something else is not an answer.
            SubmissionReport::Answered(state)
                if !matches!(asked.verdict_on_state(state, None), Verdict::Contradicts(_)) =>
            {
                self.asked(&StatusReport::Shown(state.clone()));
            }
            SubmissionReport::AccessDenied(denial) => {
                self.asked(&StatusReport::AccessDenied(denial.clone()));
            }
            SubmissionReport::NotSent {
                reason,
                retry_after,
                is_unasked: true,
            } => self.asked(&StatusReport::not_asked(reason, *retry_after)),
            SubmissionReport::Answered(_)
            | SubmissionReport::Prepared { .. }
            | SubmissionReport::NotSent { .. }
            | SubmissionReport::NotConnected { .. }
            | SubmissionReport::Refused { .. }
            | SubmissionReport::RefusedBefore { .. }
            | SubmissionReport::Open { .. }
            | SubmissionReport::Withheld { .. } => {}
        }
    }

    /// What it would answer now if nothing had changed.
    pub(crate) fn again(&self) -> StatusReport {
        let last = self.unanswered.as_ref().or(self.said.as_ref());
        last.cloned()
            .unwrap_or_else(|| StatusReport::no_answer("it was not asked yet"))
    }

    /// What it last showed, unless it said after that that it does not know the request.
    pub(crate) fn shown(&self) -> Option<&OperationState> {
        match &self.said {
            Some(StatusReport::Shown(state)) => Some(state),
            _ => None,
        }
    }
}
