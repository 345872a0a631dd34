//! One table from a response of Stripe's to its meaning: the only place that decides whether an
//! answer is final, proves that nothing was done, or leaves the outcome unknown.

use std::time::Duration;

use workflows::operation::denial::Denial;
use workflows::operation::partner_report::{StatusReport, SubmissionReport};

use super::wire::{self, Error};
use crate::http::{HttpAnswer, NoAnswer};
use crate::metrics::CallResult;
use crate::partner::{question, unanswered};

/// The kinds of error with which it denies us access.
pub(super) const DENIALS: [&str; 2] = ["invalid_request_error", "authentication_error"];

/// Says that an answer is the recording of an earlier one with the same key.
const REPLAYED: &str = "idempotent-replayed";

/// Says whether the same request may be made again. It outranks the status.
const SHOULD_RETRY: &str = "stripe-should-retry";

/// A response, interpreted as far as its meaning does not depend on the request.
#[derive(Debug)]
pub(super) enum Answer<T> {
    /// The object as it is now.
    Got(T),
    /// The object as it was when the same request was first answered.
    Replayed(T),
    /// The card was declined, or needs the rider's authentication.
    Declined(Error),
    /// It can't be done, and nothing was.
    Refused(Error),
    /// The recording of a refusal: the same request was refused when it was first answered.
    RefusedBefore(Error),
    /// The object's status does not allow it.
    UnexpectedState,
    /// The object does not exist.
    Missing,
    /// The key of the request was used before, for something else.
    KeyReused,
    /// Stripe does not know the API key.
    KeyUnknown(Error),
    /// We may not do this.
    AccessDenied(Error),
    /// Too many calls; this one did nothing.
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
        let says = |name, value: &str| answer.headers.get(name).is_some_and(|it| it == value);
        let status = answer.status;
        let unclear = || Answer::Unclear(format!("HTTP {status}"));
        if status == 200 {
            return match read(&answer.body) {
                Some(object) if says(REPLAYED, "true") => Answer::Replayed(object),
                Some(object) => Answer::Got(object),
                None => Answer::Unclear("HTTP 200 with an unreadable body".to_owned()),
            };
        }
        if status == 429 {
            return Answer::RateLimited(answer.retry_after);
        }
        let Some(error) = wire::error(&answer.body) else {
            return unclear();
        };
        match status {
            401 => Answer::KeyUnknown(error),
            403 => Answer::AccessDenied(error),
            _ if says(SHOULD_RETRY, "true") => unclear(),
            400 if error.kind == "idempotency_error" => Answer::KeyReused,
            400 if error.is("payment_intent_unexpected_state") => Answer::UnexpectedState,
            400 if says(REPLAYED, "true") => Answer::RefusedBefore(error),
            400 => Answer::Refused(error),
            402 => Answer::Declined(error),
            404 => Answer::Missing,
            // 409 (the first request with the key is being carried out, or the object is locked),
            // 424 (something that Stripe depends on failed) and 5xx leave it open.
            _ => unclear(),
        }
    }

    /// Whether Stripe accepted the key.
    pub(super) fn is_let_in(&self) -> bool {
        match self {
            Answer::Got(_)
            | Answer::Replayed(_)
            | Answer::Declined(_)
            | Answer::Refused(_)
            | Answer::RefusedBefore(_)
            | Answer::UnexpectedState
            | Answer::Missing
            | Answer::KeyReused => true,
            Answer::KeyUnknown(_)
            | Answer::AccessDenied(_)
            | Answer::RateLimited(_)
            | Answer::Unanswered(_)
            | Answer::Unclear(_) => false,
        }
    }

    /// As what it is counted.
    pub(super) fn counted(&self) -> CallResult {
        match self {
            Answer::Got(_) | Answer::Replayed(_) => CallResult::Answered,
            Answer::Missing => CallResult::NotFound,
            Answer::KeyUnknown(error) | Answer::AccessDenied(error) => {
                let known = DENIALS.into_iter().find(|known| *known == error.kind);
                CallResult::AccessDenied(known)
            }
            Answer::Declined(_)
            | Answer::Refused(_)
            | Answer::RefusedBefore(_)
            | Answer::UnexpectedState
            | Answer::KeyReused => CallResult::Refused,
            Answer::RateLimited(_) => CallResult::RateLimited,
            Answer::Unanswered(no_answer) => unanswered::counted(no_answer),
            Answer::Unclear(_) => CallResult::Unclear,
        }
    }

    /// A question that did not get what it asked for.
    pub(super) fn no_status(self) -> StatusReport {
        match self {
            Answer::Missing => StatusReport::NotFound,
            Answer::KeyUnknown(error) | Answer::AccessDenied(error) => {
                StatusReport::AccessDenied(denial(&error))
            }
            Answer::RateLimited(retry_after) => {
                StatusReport::not_asked("rate_limited", retry_after)
            }
            Answer::Unanswered(no_answer) => unanswered::question(no_answer),
            other => StatusReport::no_answer(other.reason()),
        }
    }

    /// A call that moves no money did not do what it was made for.
    pub(super) fn nothing_sent(self) -> SubmissionReport {
        match self {
            Answer::Declined(error) | Answer::Refused(error) | Answer::RefusedBefore(error) => {
                SubmissionReport::Refused { code: error.code() }
            }
            Answer::Missing => SubmissionReport::Refused {
                code: "resource_missing".to_owned(),
            },
            Answer::KeyUnknown(error) | Answer::AccessDenied(error) => {
                SubmissionReport::AccessDenied(denial(&error))
            }
            Answer::KeyReused => SubmissionReport::AccessDenied(key_reused()),
            Answer::Unanswered(no_answer) => unanswered::nothing_sent(no_answer),
            Answer::RateLimited(retry_after) => {
                SubmissionReport::not_asked("rate_limited", retry_after)
            }
            other => SubmissionReport::not_sent(other.reason()),
        }
    }

    /// A call that moves money did not answer with what it did.
    pub(super) fn not_done(self) -> SubmissionReport {
        match self {
            Answer::Unanswered(no_answer) => unanswered::submission(no_answer),
            Answer::Unclear(reason) => SubmissionReport::Open { reason },
            Answer::RefusedBefore(error) => SubmissionReport::RefusedBefore { code: error.code() },
            other => other.nothing_sent(),
        }
    }

    /// What a question that was asked with a key says of the key.
    pub(super) fn of_trial(self) -> Result<String, String> {
        question::of_key(self.is_let_in(), || self.no_status())
    }

    /// In words, why it is not what was asked for.
    pub(super) fn reason(self) -> String {
        match self {
            Answer::RateLimited(_) => "rate_limited".to_owned(),
            Answer::Unanswered(no_answer) => no_answer.into_text(),
            Answer::Unclear(reason) => reason,
            Answer::Declined(error)
            | Answer::Refused(error)
            | Answer::RefusedBefore(error)
            | Answer::KeyUnknown(error)
            | Answer::AccessDenied(error) => error.code(),
            Answer::UnexpectedState => "payment_intent_unexpected_state".to_owned(),
            Answer::Missing => "resource_missing".to_owned(),
            Answer::KeyReused => "idempotency_error".to_owned(),
            Answer::Got(_) | Answer::Replayed(_) => "another object than was asked for".to_owned(),
        }
    }
}

fn denial(error: &Error) -> Denial {
    Denial::by_partner(format!("the partner denies us access: {}", error.code()))
}

/// Never with another key: what was done with this one is not known.
fn key_reused() -> Denial {
    Denial::by_partner(
        "the partner got something else under this request's idempotency key before (idempotency_error)",
    )
}

#[cfg(test)]
mod tests;
