//! What can go wrong, grouped by what the caller should do.

use temporalio_client::WorkflowExecutionStatus;
use temporalio_client::errors::{
    ClientConnectError, ClientError, WorkflowGetResultError, WorkflowInteractionError,
    WorkflowQueryError, WorkflowStartError, WorkflowUpdateError,
};
use temporalio_client::tonic::{Code, Status};
use temporalio_common::data_converters::PayloadConversionError;
use temporalio_common::error::IncomingError;
use workflows::contract::request::InvalidRequest;
use workflows::contract::resolution::ResolutionError;

/// Why a call did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such operation.
    #[error(
        "no such operation: check the request id and the namespace; closed operations are kept \
         for the namespace's retention time only"
    )]
    NotFound,
    /// The operation has ended, so it accepts no more updates.
    #[error("the operation has closed: ask for its result")]
    Closed,
    /// The request breaks a rule of `docs/contract.md`. Correct it; the same request would fail
    /// again.
    #[error(transparent)]
    InvalidRequest(#[from] InvalidRequest),
    /// The operation refused an update, or could not carry it out; the text says why.
    #[error("refused: {0}")]
    Refused(String),
    /// The workflow failed, which happens only if the worker's configuration is broken.
    #[error("the workflow failed ({0}): nothing more happens by itself, look at its history")]
    WorkflowFailed(String),
    /// The operation was cancelled before anything was submitted. No money moved.
    #[error("cancelled before anything was submitted: no money was moved")]
    Cancelled,
    /// Somebody ended the workflow by force, so only the partner knows its true outcome.
    #[error("terminated by force: whether money was moved has to be asked of the partner")]
    Terminated,
    /// Temporal ended the workflow at a time limit that was set at its start, which the contract
    /// forbids. So only the partner knows its true outcome.
    #[error(
        "ended by a time limit that its start had set: whether money was moved has to be asked of \
         the partner"
    )]
    TimedOut,
    /// Somebody has paused the workflow: it accepts no updates and answers nothing until it is
    /// unpaused.
    #[error(
        "it is paused, and so answers nothing and takes no order: temporal workflow unpause lets \
         it go on"
    )]
    Paused,
    /// Temporal did not answer. Repeat the call: no call of this crate moves money twice.
    #[error("temporal is out of reach or too slow ({0}): check TEMPORAL_ADDRESS, then repeat")]
    Unavailable(String),
    /// Temporal is reachable, but no worker handled the query or the update in time. An update may
    /// still be handled later.
    #[error("no worker answered ({0}): check that the workers run and poll the same task queue")]
    NoWorker(String),
    /// Temporal does not accept the call: credentials, namespace or search attributes are wrong.
    #[error("temporal refuses the call ({0}): check TEMPORAL_* and the namespace's set-up")]
    Misconfigured(String),
    /// An answer is not what `docs/contract.md` says: the worker has another version.
    #[error("an answer that this version cannot read ({0}): update this program or the worker")]
    Unreadable(String),
}

impl Error {
    pub(crate) fn not_connected(address: &str, error: &ClientConnectError) -> Error {
        match error {
            ClientConnectError::TonicTransportError(_)
            | ClientConnectError::DnsResolutionError { .. } => {
                Error::Unavailable(format!("{address} does not answer"))
            }
            ClientConnectError::SystemInfoCallError(status) => Error::from(status.clone()),
            error => Error::Misconfigured(error.to_string()),
        }
    }
}

impl From<ResolutionError> for Error {
    fn from(error: ResolutionError) -> Error {
        match error {
            ResolutionError::Input(rule) => InvalidRequest::new("resolve", rule).into(),
            refusal => Error::Refused(refusal.to_string()),
        }
    }
}

impl From<Status> for Error {
    fn from(status: Status) -> Error {
        let message = status.message().to_owned();
        match status.code() {
            Code::NotFound => Error::NotFound,
            Code::InvalidArgument
            | Code::PermissionDenied
            | Code::Unauthenticated
            | Code::Unimplemented => Error::Misconfigured(message),
            _ => Error::Unavailable(message),
        }
    }
}

impl From<PayloadConversionError> for Error {
    fn from(error: PayloadConversionError) -> Error {
        Error::Unreadable(error.to_string())
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Error {
        Error::Unreadable(error.to_string())
    }
}

impl From<WorkflowStartError> for Error {
    fn from(error: WorkflowStartError) -> Error {
        match error {
            // For a start, only the namespace can be missing.
            WorkflowStartError::Rpc(status) if status.code() == Code::NotFound => {
                Error::Misconfigured(status.message().to_owned())
            }
            WorkflowStartError::Rpc(status) => status.into(),
            error => Error::Unreadable(error.to_string()),
        }
    }
}

impl From<WorkflowInteractionError> for Error {
    fn from(error: WorkflowInteractionError) -> Error {
        match error {
            WorkflowInteractionError::NotFound(_) => Error::NotFound,
            WorkflowInteractionError::Rpc(status) => status.into(),
            error => Error::Unreadable(error.to_string()),
        }
    }
}

impl From<WorkflowQueryError> for Error {
    fn from(error: WorkflowQueryError) -> Error {
        match error {
            WorkflowQueryError::NotFound(_) => Error::NotFound,
            WorkflowQueryError::Rejected {
                status: Some(WorkflowExecutionStatus::Paused),
            } => Error::Paused,
            // Temporal itself answers, but the worker does not.
            WorkflowQueryError::Rpc(status)
                if matches!(
                    status.code(),
                    Code::DeadlineExceeded | Code::Cancelled | Code::FailedPrecondition
                ) =>
            {
                Error::NoWorker(status.message().to_owned())
            }
            WorkflowQueryError::Rpc(status) => status.into(),
            error => Error::Unreadable(error.to_string()),
        }
    }
}

impl From<WorkflowUpdateError> for Error {
    fn from(error: WorkflowUpdateError) -> Error {
        match error {
            WorkflowUpdateError::NotFound(_) => Error::NotFound,
            WorkflowUpdateError::Failed(failure) => Error::Refused(failure.message),
            // The code alone is not enough: an update that is lost in a race has it too.
            WorkflowUpdateError::Rpc(status)
                if status.code() == Code::FailedPrecondition
                    && status.message().to_lowercase().contains("paused") =>
            {
                Error::Paused
            }
            WorkflowUpdateError::Rpc(status) => status.into(),
            error => Error::Unreadable(error.to_string()),
        }
    }
}

impl From<ClientError> for Error {
    fn from(error: ClientError) -> Error {
        match error {
            ClientError::Rpc(status) => status.into(),
            error => Error::Unreadable(error.to_string()),
        }
    }
}

impl From<WorkflowGetResultError> for Error {
    fn from(error: WorkflowGetResultError) -> Error {
        match error {
            WorkflowGetResultError::Failed(failure) => failed(&failure),
            WorkflowGetResultError::Cancelled { .. } => Error::Cancelled,
            WorkflowGetResultError::Terminated { .. } => Error::Terminated,
            WorkflowGetResultError::TimedOut => Error::TimedOut,
            WorkflowGetResultError::NotFound(_) => Error::NotFound,
            WorkflowGetResultError::Rpc(status) => status.into(),
            error => Error::Unreadable(error.to_string()),
        }
    }
}

/// An input that the worker refused is reported as such, with its field.
fn failed(failure: &IncomingError) -> Error {
    if let IncomingError::Application(application) = failure
        && application.type_name() == Some(InvalidRequest::FAILURE_TYPE)
        && let Ok(Some(invalid)) = application.details::<InvalidRequest>()
    {
        return Error::InvalidRequest(invalid);
    }
    Error::WorkflowFailed(failure.to_string())
}
