//! The exit codes, for scripts. They are part of the interface: `--help` lists them.

use std::process::ExitCode;

use crate::reconciliation::ReportError;
use payments_client::Error;
use workflows::contract::outcome::{Ending, Outcome};

/// Shown under `--help`.
pub(crate) const HELP: &str = "\
Exit codes:
  0  fine
  1  another error
  2  the command or the request breaks a rule; nothing was sent
  3  no such operation
  4  refused: an update, or a start whose request id was used for another request; it is paused
  5  result and wait: the operation ended, and not as completed
  6  Temporal or its workers are out of reach
  7  wait: the time was up first
  8  reconcile: the two sides differ
  9  a command to many, or one against advice, was not confirmed; nothing was done
Where there are several operations, the highest code of them.

Temporal is found as the temporal command finds it: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE,
TEMPORAL_TLS_*, TEMPORAL_PROFILE.";

/// How the command ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Exit {
    Fine = 0,
    Failed = 1,
    Usage = 2,
    Missing = 3,
    Refused = 4,
    NotCompleted = 5,
    OutOfReach = 6,
    TimeUp = 7,
    Differs = 8,
    Unconfirmed = 9,
}

impl Exit {
    pub(crate) fn of_failure(error: &anyhow::Error) -> Exit {
        if error.is::<ReportError>() || error.is::<clap::Error>() {
            return Exit::Usage;
        }
        error.downcast_ref::<Error>().map_or(Exit::Failed, Exit::of)
    }

    /// What the end of an operation means for `result` and `wait`.
    pub(crate) fn of_end(end: &Result<Outcome, Error>) -> Exit {
        match end {
            Ok(outcome) if outcome.outcome == Ending::Completed => Exit::Fine,
            // Here InvalidRequest comes from the worker: it ended the operation.
            Ok(_)
            | Err(
                Error::InvalidRequest(_)
                | Error::WorkflowFailed(_)
                | Error::Cancelled
                | Error::Terminated
                | Error::TimedOut,
            ) => Exit::NotCompleted,
            Err(error) => Exit::of(error),
        }
    }

    pub(crate) fn of(error: &Error) -> Exit {
        match error {
            Error::InvalidRequest(_) => Exit::Usage,
            Error::NotFound => Exit::Missing,
            Error::Refused(_) | Error::Paused => Exit::Refused,
            Error::Unavailable(_) | Error::NoWorker(_) => Exit::OutOfReach,
            Error::Closed
            | Error::WorkflowFailed(_)
            | Error::Cancelled
            | Error::Terminated
            | Error::TimedOut
            | Error::Misconfigured(_)
            | Error::Unreadable(_) => Exit::Failed,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}
