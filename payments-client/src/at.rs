//! What the errors of Temporal's client mean. They don't say what was asked for, or where.

use temporalio_client::WorkflowExecutionStatus;
use temporalio_client::errors::{
    ClientConnectError, ClientError, WorkflowGetResultError, WorkflowInteractionError,
    WorkflowQueryError, WorkflowStartError, WorkflowUpdateError,
};
use temporalio_client::tonic::{Code, Status};
use temporalio_common::data_converters::PayloadConversionError;

use crate::error::Error;
use crate::no_outcome::NoOutcome;
use crate::place::Place;

/// An error of Temporal's client.
pub(crate) trait At {
    /// What it means for a call at this place.
    fn at(self, place: &Place) -> Error;
}

/// The type of the detail by which a missing namespace differs from a missing workflow.
const NO_NAMESPACE: &[u8] = b"NamespaceNotFoundFailure";

impl At for Status {
    fn at(self, place: &Place) -> Error {
        let reason = self.message().to_owned();
        let place = place.clone();
        match self.code() {
            Code::NotFound => {
                let mut details = self.details().windows(NO_NAMESPACE.len());
                // Where no operation is named, only the namespace can be missing.
                if place.request_id.is_none() || details.any(|bytes| bytes == NO_NAMESPACE) {
                    Error::NoNamespace(place)
                } else {
                    Error::NotFound(place)
                }
            }
            Code::InvalidArgument
            | Code::PermissionDenied
            | Code::Unauthenticated
            | Code::Unimplemented => Error::Misconfigured { place, reason },
            _ => Error::Unavailable { place, reason },
        }
    }
}

impl At for ClientConnectError {
    fn at(self, place: &Place) -> Error {
        let place = place.clone();
        match self {
            ClientConnectError::TonicTransportError(_)
            | ClientConnectError::DnsResolutionError { .. } => Error::Unavailable {
                place,
                reason: "it does not answer".to_owned(),
            },
            ClientConnectError::SystemInfoCallError(status) => status.at(&place),
            error => Error::Misconfigured {
                place,
                reason: error.to_string(),
            },
        }
    }
}

impl At for PayloadConversionError {
    fn at(self, _: &Place) -> Error {
        Error::Unreadable(self.to_string())
    }
}

impl At for WorkflowStartError {
    fn at(self, place: &Place) -> Error {
        match self {
            // For a start, only the namespace can be missing.
            WorkflowStartError::Rpc(status) if status.code() == Code::NotFound => {
                Error::NoNamespace(place.clone())
            }
            WorkflowStartError::Rpc(status) => status.at(place),
            error => Error::Unreadable(error.to_string()),
        }
    }
}

impl At for WorkflowInteractionError {
    fn at(self, place: &Place) -> Error {
        match self {
            WorkflowInteractionError::NotFound(status) | WorkflowInteractionError::Rpc(status) => {
                status.at(place)
            }
            error => Error::Unreadable(error.to_string()),
        }
    }
}

impl At for WorkflowQueryError {
    fn at(self, place: &Place) -> Error {
        match self {
            WorkflowQueryError::Rejected {
                status: Some(WorkflowExecutionStatus::Paused),
            } => Error::Paused,
            // Temporal itself answers, but the worker does not, or has no answer now.
            WorkflowQueryError::Rpc(status)
                if matches!(
                    status.code(),
                    Code::DeadlineExceeded
                        | Code::Cancelled
                        | Code::FailedPrecondition
                        | Code::InvalidArgument
                ) =>
            {
                Error::NoWorker(status.message().to_owned())
            }
            WorkflowQueryError::NotFound(status) | WorkflowQueryError::Rpc(status) => {
                status.at(place)
            }
            error => Error::Unreadable(error.to_string()),
        }
    }
}

impl At for WorkflowUpdateError {
    fn at(self, place: &Place) -> Error {
        match self {
            WorkflowUpdateError::Failed(failure) => Error::Refused(failure.message),
            // The code alone is not enough: an update that is lost in a race has it too.
            WorkflowUpdateError::Rpc(status)
                if status.code() == Code::FailedPrecondition
                    && status.message().to_lowercase().contains("paused") =>
            {
                Error::Paused
            }
            WorkflowUpdateError::NotFound(status) | WorkflowUpdateError::Rpc(status) => {
                status.at(place)
            }
            error => Error::Unreadable(error.to_string()),
        }
    }
}

impl At for ClientError {
    fn at(self, place: &Place) -> Error {
        match self {
            ClientError::Rpc(status) => status.at(place),
            error => Error::Unreadable(error.to_string()),
        }
    }
}

impl At for WorkflowGetResultError {
    fn at(self, place: &Place) -> Error {
        if let (Some(end), Some(request_id)) = (NoOutcome::read(&self), &place.request_id) {
            let request_id = request_id.clone();
            return Error::NoOutcome { request_id, end };
        }
        match self {
            WorkflowGetResultError::NotFound(status) | WorkflowGetResultError::Rpc(status) => {
                status.at(place)
            }
            error => Error::Unreadable(error.to_string()),
        }
    }
}
