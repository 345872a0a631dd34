//! The exit codes, for scripts. They are part of the interface: `--help` lists them.

use std::process::ExitCode;

use crate::reconciliation::ReportError;
use payments_client::Error;
use workflows::contract::outcome::{Ending, Outcome};

/// Shown under `--help`.
pub(crate) const HELP: &str = "\
Exit codes:
  0  fine
  1  another error, such as a namespace or credentials that Temporal refuses;
     doctor: something is wrong
  2  the command, the request or the report breaks a rule; nothing was sent
  3  no such operation or account
  4  refused: it has closed or is paused; its answer to an update was no; or a
     start whose request id was used before by another request
  5  start, result and wait: the operation ended, and not as completed
  6  Temporal or its workers are out of reach
  7  wait: the time was up first
  8  reconcile: the two sides differ
  9  a command to many, or one against advice, was not confirmed; nothing was
     done
Where there are several operations, the highest code of them.

A start whose request id was used before, by the same request, exits with 0 and
says how that operation stands, or with 5 if it ended without an outcome.

Temporal is found as the temporal command finds it: TEMPORAL_ADDRESS,
TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS_*, TEMPORAL_PROFILE.";

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
            Ok(_) => Exit::NotCompleted,
            Err(error) => Exit::of(error),
        }
    }

    pub(crate) fn of(error: &Error) -> Exit {
        match error {
            Error::InvalidRequest(_) => Exit::Usage,
            Error::NotFound(_) | Error::NoAccount(_) => Exit::Missing,
            Error::Refused(_) | Error::Paused | Error::Closed(_) | Error::OtherRequest { .. } => {
                Exit::Refused
            }
            Error::NoOutcome { .. } => Exit::NotCompleted,
            Error::Unavailable { .. } | Error::NoWorker(_) => Exit::OutOfReach,
            // NoNamespace, Misconfigured, Unreadable, and what a later version adds.
            _ => Exit::Failed,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_lists_each_code_once() {
        let codes = HELP.lines().filter_map(|line| {
            let code = line.strip_prefix("  ")?.split_once("  ")?.0;
            code.parse::<u8>().ok()
        });
        let all: Vec<u8> = (Exit::Fine as u8..=Exit::Unconfirmed as u8).collect();
        assert_eq!(codes.collect::<Vec<u8>>(), all);
    }
}
