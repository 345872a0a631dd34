//! What can go wrong, grouped by what the caller should do.

use workflows::contract::ids::RequestId;
use workflows::contract::request::InvalidRequest;
use workflows::contract::resolution::ResolutionError;

use crate::difference::Difference;
use crate::no_outcome::NoOutcome;
use crate::place::Place;

/// Why a call did not succeed.
///
/// | the caller should | errors |
/// | --- | --- |
/// | repeat the same call later: no call moves money twice | [`Unavailable`](Error::Unavailable), [`NoWorker`](Error::NoWorker) |
/// | correct the request; nothing was sent | [`InvalidRequest`](Error::InvalidRequest) |
/// | take another request id: this one belongs to another payment; a correction of a request that was refused is [started again](crate::Payments::start_again) | [`OtherRequest`](Error::OtherRequest) |
/// | look at [`NoOutcome::sent_nothing`] | [`NoOutcome`](Error::NoOutcome) |
/// | check the id | [`NotFound`](Error::NotFound), [`NoAccount`](Error::NoAccount) |
/// | ask for the result instead | [`Closed`](Error::Closed) |
/// | tell a person | all others |
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no such operation there.
    #[error(
        "no such operation: {0}; check the id, the namespace and the address. Closed operations \
         are kept for the namespace's retention time only"
    )]
    NotFound(Place),
    /// No worker has published such a merchant account.
    #[error("no merchant account {0:?}: a worker that serves it makes it known when it starts")]
    NoAccount(String),
    /// Temporal is there, and the namespace is not.
    #[error("{0}: there is no such namespace; check its name, TEMPORAL_NAMESPACE and the profile")]
    NoNamespace(Place),
    /// The request breaks a rule of `docs/contract.md`. Nothing was started or sent; the same
    /// request would be refused again.
    #[error(transparent)]
    InvalidRequest(#[from] InvalidRequest),
    /// The request id was used before, for another request. This call has started nothing.
    #[error(
        "{request_id} was started before, by another request: {}",
        Difference::sentence(differs)
    )]
    OtherRequest {
        /// The id of both.
        request_id: RequestId,
        /// Temporal's id of the run that the first request started.
        run_id: String,
        /// In what they differ; never empty.
        differs: Vec<Difference>,
    },
    /// The operation has ended without an outcome. From a start: its first run has, and this call
    /// has started nothing.
    #[error("{request_id}: {end}; {}", end.way_on())]
    NoOutcome {
        /// Which operation.
        request_id: RequestId,
        /// How it ended.
        end: NoOutcome,
    },
    /// The operation has ended, so it accepts no more updates.
    #[error("{0}: it has ended, and takes no command any more: ask for its result")]
    Closed(RequestId),
    /// The operation refused an update, or could not carry it out; the text says why.
    #[error("refused: {0}")]
    Refused(String),
    /// Somebody has paused the workflow: it accepts no updates and answers nothing until it is
    /// unpaused.
    #[error(
        "it is paused, and so answers nothing and takes no command: temporal workflow unpause lets \
         it go on"
    )]
    Paused,
    /// Temporal did not answer. Repeat the call: no call of this crate moves money twice.
    #[error("temporal is out of reach or too slow: {place}: {reason}; check TEMPORAL_ADDRESS")]
    Unavailable {
        /// What was asked for, and where.
        place: Place,
        /// What happened instead of an answer.
        reason: String,
    },
    /// Temporal is reachable, but no worker handled the query or the update in time. An update may
    /// still be handled later.
    #[error("no worker answered ({0}): check that the workers run and poll the same task queue")]
    NoWorker(String),
    /// Temporal does not accept the call: credentials or search attributes are wrong.
    #[error("temporal refuses the call: {place}: {reason}; check TEMPORAL_* and the set-up")]
    Misconfigured {
        /// What was asked for, and where.
        place: Place,
        /// What Temporal says.
        reason: String,
    },
    /// An answer is not what `docs/contract.md` says: the worker has another version.
    #[error("an answer that this version cannot read ({0}): update this program or the worker")]
    Unreadable(String),
}

impl From<ResolutionError> for Error {
    fn from(error: ResolutionError) -> Error {
        match error {
            ResolutionError::Input(rule) => InvalidRequest::new("resolve", rule).into(),
            refusal => Error::Refused(refusal.to_string()),
        }
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Error {
        Error::Unreadable(error.to_string())
    }
}
