//! How an operation ends without an outcome, and whether money may have moved.

use temporalio_client::errors::WorkflowGetResultError;
use temporalio_common::error::IncomingError;
use workflows::contract::request::InvalidRequest;

/// An end without an outcome.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NoOutcome {
    /// The worker refused the request: it breaks a rule of `docs/contract.md`, or no configured
    /// account serves it. Nothing was sent.
    #[error("it was refused, and nothing was sent: {0}")]
    InvalidRequest(InvalidRequest),
    /// It was cancelled before anything was submitted. Nothing was sent.
    #[error("it was cancelled before anything was sent")]
    Cancelled,
    /// Somebody ended it by force. Only the partner knows whether money moved.
    #[error("it was terminated by force: only the partner knows whether money moved")]
    Terminated,
    /// Temporal ended it at a time limit that was set at its start, which the contract forbids.
    /// Only the partner knows whether money moved.
    #[error(
        "it was ended by a time limit that its start had set: only the partner knows whether money \
         moved"
    )]
    TimedOut,
    /// The workflow failed in another way, which the contract rules out. Only the partner knows
    /// whether money moved.
    #[error("its workflow failed ({0}): only the partner knows whether money moved")]
    Failed(String),
}

impl NoOutcome {
    /// Whether nothing can have reached the partner. Then the same request id can be started again:
    /// [`Payments::start_again`](crate::Payments::start_again).
    pub fn sent_nothing(&self) -> bool {
        match self {
            NoOutcome::InvalidRequest(_) | NoOutcome::Cancelled => true,
            NoOutcome::Terminated | NoOutcome::TimedOut | NoOutcome::Failed(_) => false,
        }
    }

    /// The way on, in words.
    pub fn way_on(&self) -> &'static str {
        match self {
            NoOutcome::InvalidRequest(_) => {
                "correct the request or the worker's configuration, then start the same request id \
                 again"
            }
            NoOutcome::Cancelled => "if it is wanted after all, start the same request id again",
            NoOutcome::Terminated | NoOutcome::TimedOut | NoOutcome::Failed(_) => {
                "don't start it again, under any id: have it reset to its first workflow task"
            }
        }
    }

    /// None if the error is not about the end of an operation.
    pub(crate) fn read(error: &WorkflowGetResultError) -> Option<NoOutcome> {
        match error {
            WorkflowGetResultError::Failed(failure) => Some(failed(failure)),
            WorkflowGetResultError::Cancelled { .. } => Some(NoOutcome::Cancelled),
            WorkflowGetResultError::Terminated { .. } => Some(NoOutcome::Terminated),
            WorkflowGetResultError::TimedOut => Some(NoOutcome::TimedOut),
            _ => None,
        }
    }
}

/// An input that the worker refused is reported as such, with its field.
fn failed(failure: &IncomingError) -> NoOutcome {
    if let IncomingError::Application(application) = failure
        && application.type_name() == Some(InvalidRequest::FAILURE_TYPE)
        && let Ok(Some(invalid)) = application.details::<InvalidRequest>()
    {
        return NoOutcome::InvalidRequest(invalid);
    }
    NoOutcome::Failed(failure.to_string())
}
