//! One table from a response to its meaning: the only place that decides whether an answer is
//! final, proves that nothing was done, or leaves the outcome unknown (`docs/api/partner.yaml`,
//! "What is guaranteed, and what is not").

use std::time::Duration;

use workflows::operation::denial::Denial;
use workflows::operation::partner_report::{
    OperationState, Status, StatusReport, SubmissionReport,
};

use super::wire;
use crate::http::{HttpAnswer, NoAnswer};
use crate::metrics::CallResult;
use crate::partner::{question, unanswered};

/// The codes with which it denies us access (its 401 and 403).
pub(super) const DENIALS: [&str; 6] = [
    "signature_invalid",
    "key_unknown",
    "merchant_unknown",
    "timestamp_skewed",
    "key_purpose_mismatch",
    "merchant_blocked",
];

/// A response, interpreted as far as its meaning does not depend on the question.
#[derive(Debug)]
pub(super) enum Answer<T> {
    /// The requested data, valid by its schema, with its HTTP status.
    Got(u16, T),
    /// An error that is valid by the schema of `docs/api/partner.yaml`.
    Error(u16, String),
    /// 429: nothing was done, whatever the body is.
    RateLimited(Option<Duration>),
    /// There was no response.
    Unanswered(NoAnswer),
    /// Anything else; it proves nothing.
    Unclear(String),
}

impl<T> Answer<T> {
    /// Interprets a response; `read` parses the body of a success.
    pub(super) fn read(
        answer: Result<HttpAnswer, NoAnswer>,
        read: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Answer<T> {
        let answer = match answer {
            Ok(answer) => answer,
            Err(no_answer) => return Answer::Unanswered(no_answer),
        };
        let HttpAnswer {
            status,
            retry_after,
            body,
            ..
        } = answer;
        match status {
            200 | 202 => match read(&body) {
                Some(got) => Answer::Got(status, got),
                None => Answer::Unclear(format!("HTTP {status} with an unreadable body")),
            },
            429 => Answer::RateLimited(retry_after),
            400 | 401 | 403 | 404 | 409 | 410 | 422 => match wire::error_code(&body) {
                Some(code) => Answer::Error(status, code),
                None => Answer::Unclear(format!("HTTP {status} with an unreadable body")),
            },
            _ => Answer::Unclear(format!("HTTP {status}")),
        }
    }

    /// Whether the partner says that it does not know the key.
    pub(super) fn is_key_unknown(&self) -> bool {
        matches!(self, Answer::Error(401, code) if code == "key_unknown")
    }

    /// Whether the partner accepted key and signature.
    pub(super) fn is_let_in(&self) -> bool {
        match self {
            Answer::Got(..) => true,
            Answer::Error(status, _) => !matches!(status, 401 | 403),
            _ => false,
        }
    }

    /// As what it is counted.
    pub(super) fn counted(&self) -> CallResult {
        match self {
            Answer::Got(..) => CallResult::Answered,
            Answer::Error(404, code) if code == "request_not_found" => CallResult::NotFound,
            Answer::Error(401 | 403, code) => {
                CallResult::AccessDenied(DENIALS.into_iter().find(|known| known == code))
            }
            Answer::Error(..) => CallResult::Refused,
            Answer::RateLimited(_) => CallResult::RateLimited,
            Answer::Unanswered(no_answer) => unanswered::counted(no_answer),
            Answer::Unclear(_) => CallResult::Unclear,
        }
    }
}

/// What a session that was asked for with a key says of the key.
pub(super) fn of_trial<T>(answer: Answer<T>) -> Result<String, String> {
    question::of_key(answer.is_let_in(), || no_status(answer))
}

/// initSession before a submission did not return a session. Nothing was submitted.
pub(super) fn no_session_to_submit<T>(answer: Answer<T>) -> SubmissionReport {
    match answer {
        Answer::Error(400 | 409 | 422, code) => SubmissionReport::Refused { code },
        Answer::Error(404, code) if code == "order_not_found" => SubmissionReport::Refused { code },
        Answer::Unanswered(no_answer) => unanswered::nothing_sent(no_answer),
        other => question::not_submitted(no_status(other)),
    }
}

/// The meaning of the response to paymentStatus.
pub(super) fn status(answer: Answer<OperationState>) -> StatusReport {
    match answer {
        Answer::Got(_, state) => StatusReport::Shown(state),
        Answer::Error(404, code) if code == "request_not_found" => StatusReport::NotFound,
        other => no_status(other),
    }
}

/// A call that asks, or prepares to ask, had no usable response.
pub(super) fn no_status<T>(answer: Answer<T>) -> StatusReport {
    match answer {
        Answer::Error(401 | 403, code) => StatusReport::AccessDenied(access_denied(&code)),
        Answer::Error(status, code) => StatusReport::no_answer(format!("HTTP {status} {code}")),
        Answer::RateLimited(retry_after) => StatusReport::not_asked("rate_limited", retry_after),
        Answer::Unanswered(no_answer) => unanswered::question(no_answer),
        Answer::Unclear(reason) => StatusReport::no_answer(reason),
        Answer::Got(status, _) => StatusReport::no_answer(format!("HTTP {status}")),
    }
}

/// The meaning of the response to a submission. The submission is the first in its fresh session.
pub(super) fn submission(answer: Answer<OperationState>) -> SubmissionReport {
    match answer {
        Answer::Got(200, state) => SubmissionReport::Answered(state),
        Answer::Got(_, state) if state.status == Status::Pending => {
            SubmissionReport::Answered(state)
        }
        Answer::Got(status, _) => open(format!("HTTP {status} with a status that is not PENDING")),
        Answer::Error(400 | 409 | 422, code) => SubmissionReport::Refused { code },
        Answer::Error(401 | 403, code) => SubmissionReport::AccessDenied(access_denied(&code)),
        Answer::Error(404, code) if code == "order_not_found" => SubmissionReport::Refused { code },
        Answer::Error(404, code) if code == "session_not_found" => SubmissionReport::not_sent(code),
        Answer::Error(410, code) if code == "session_expired" => SubmissionReport::not_sent(code),
        // The session was used before our first submission in it: something between us and the
        // partner may have repeated the request.
        Answer::Error(status, code) => open(format!("HTTP {status} {code}")),
        Answer::RateLimited(retry_after) => {
            SubmissionReport::not_asked("rate_limited", retry_after)
        }
        Answer::Unanswered(no_answer) => unanswered::submission(no_answer),
        Answer::Unclear(reason) => open(reason),
    }
}

fn open(reason: String) -> SubmissionReport {
    SubmissionReport::Open { reason }
}

fn access_denied(code: &str) -> Denial {
    Denial::by_partner(format!("the partner denies us access: {code}"))
}

#[cfg(test)]
mod tests;
