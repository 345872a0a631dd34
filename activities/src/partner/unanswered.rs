//! What a call means that got no response, whoever the partner is.

use workflows::operation::partner_report::{StatusReport, SubmissionReport};

use crate::http::NoAnswer;
use crate::metrics::CallResult;

/// As what it is counted.
pub(super) fn counted(no_answer: &NoAnswer) -> CallResult {
    match no_answer {
        NoAnswer::NotConnected(_) => CallResult::NotConnected,
        NoAnswer::Withheld(_) => CallResult::Withheld,
        NoAnswer::Broken(_) => CallResult::Unclear,
    }
}

/// A call that asks. One that was withheld did not reach the partner, though it could have.
pub(super) fn question(no_answer: NoAnswer) -> StatusReport {
    match no_answer {
        NoAnswer::Withheld(reason) => StatusReport::not_asked(reason, None),
        NoAnswer::NotConnected(reason) | NoAnswer::Broken(reason) => {
            StatusReport::no_answer(reason)
        }
    }
}

/// A call that moves money.
pub(super) fn submission(no_answer: NoAnswer) -> SubmissionReport {
    match no_answer {
        NoAnswer::Broken(reason) => SubmissionReport::Open { reason },
        NoAnswer::NotConnected(_) | NoAnswer::Withheld(_) => nothing_sent(no_answer),
    }
}

/// A call that only leads to the one that moves money.
pub(super) fn nothing_sent(no_answer: NoAnswer) -> SubmissionReport {
    match no_answer {
        NoAnswer::NotConnected(reason) => SubmissionReport::NotConnected { reason },
        NoAnswer::Withheld(reason) => SubmissionReport::not_asked(reason, None),
        NoAnswer::Broken(reason) => SubmissionReport::not_sent(reason),
    }
}
