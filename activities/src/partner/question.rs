//! What the answer to a question says of something else: of the submission that was to follow it, and
//! of the key with which it was asked.

use workflows::operation::partner_report::{StatusReport, SubmissionReport};

/// The submission did not follow.
pub(crate) fn not_submitted(status: StatusReport) -> SubmissionReport {
    match status {
        StatusReport::Shown(state) => SubmissionReport::Found(state),
        StatusReport::AccessDenied(denial) => SubmissionReport::AccessDenied(denial),
        StatusReport::NoAnswer {
            reason,
            retry_after,
            is_unasked,
        } => SubmissionReport::NotSent {
            reason,
            retry_after,
            is_unasked,
        },
        StatusReport::NotFound | StatusReport::NothingMoved => {
            SubmissionReport::not_sent("not found")
        }
    }
}

/// The key is accepted, or why it can't be used.
pub(super) fn of_key(
    is_let_in: bool,
    status: impl FnOnce() -> StatusReport,
) -> Result<String, String> {
    if is_let_in {
        return Ok("the partner accepts it".to_owned());
    }
    match status() {
        StatusReport::AccessDenied(denial) => Err(denial.reason),
        StatusReport::NoAnswer { reason, .. } => {
            Err(format!("the partner did not answer: {reason}; try again"))
        }
        _ => Err("the partner gave no clear answer; try again".to_owned()),
    }
}
