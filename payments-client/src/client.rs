//! The connection to Temporal, and what can be done with it.

use temporalio_client::{Client, ClientOptions, NamespacedClient};
use workflows::contract::ids::RequestId;
use workflows::contract::kind::Kind;
use workflows::contract::outcome::Outcome;
use workflows::contract::request::PaymentRequest;

use crate::connection::Connection;
use crate::description::Description;
use crate::error::Error;
use crate::filter::Filter;
use crate::listing;
use crate::operation::OperationHandle;
use crate::payments::Payments;
use crate::place::Place;
use crate::start::{self, Started};
use crate::start_again;
use crate::temporal::Temporal;

/// Starts operations and finds them again, on Temporal. Cheap to clone. Its starts are those of
/// [`Payments`].
#[derive(Clone)]
pub struct PaymentsClient(Connection);

impl PaymentsClient {
    /// Connects as the environment says, like the `temporal` command: [`Temporal::default`], with
    /// `TEMPORAL_API_KEY` and `TEMPORAL_TLS_*`.
    ///
    /// `identity` names the caller in the histories. `task_queue` is the one that the workers poll:
    /// [`workflows::contract::ids::TASK_QUEUE`] unless they are configured otherwise.
    pub async fn connect(identity: &str, task_queue: &str) -> Result<PaymentsClient, Error> {
        PaymentsClient::connect_with(&Temporal::default(), identity, task_queue, |options| {
            options
        })
        .await
    }

    /// Connects like [`PaymentsClient::connect`] to this server, with the options that `set_up`
    /// returns: a codec for payloads, or an interceptor that creates spans (such as
    /// `traces::traced`), with which a start joins the caller's trace.
    pub async fn connect_with(
        temporal: &Temporal,
        identity: &str,
        task_queue: &str,
        set_up: impl FnOnce(ClientOptions) -> ClientOptions,
    ) -> Result<PaymentsClient, Error> {
        let (client, place) = temporal.connect(identity, set_up).await?;
        Ok(PaymentsClient(Connection {
            client,
            task_queue: task_queue.to_owned(),
            place,
        }))
    }

    /// Uses an existing connection. Its errors don't name the address.
    pub fn new(client: Client, task_queue: &str) -> PaymentsClient {
        let place = Place {
            request_id: None,
            namespace: client.namespace(),
            address: None,
        };
        PaymentsClient(Connection {
            client,
            task_queue: task_queue.to_owned(),
            place,
        })
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.0
    }

    /// The namespace and the address.
    pub fn place(&self) -> &Place {
        &self.0.place
    }

    /// The operation of this request id, with all that operators can do with it. This sends nothing:
    /// the first call on the handle shows whether the operation exists.
    pub fn operation(&self, request_id: &RequestId) -> OperationHandle {
        self.0.operation(request_id)
    }

    /// The operations that match the filter, newest first, whenever their current run began. With
    /// more than `limit` runs, those that Temporal lists first: it begins with the open ones.
    ///
    /// Temporal's list lags slightly, so it is for people to look at, and nothing must be decided by
    /// it.
    pub async fn list(&self, filter: &Filter, limit: usize) -> Result<Vec<Description>, Error> {
        listing::list(&self.0, filter, limit).await
    }

    /// The runs that a query in Temporal's language finds, restricted to this project's.
    pub async fn search(&self, query: &str, limit: usize) -> Result<Vec<Description>, Error> {
        listing::rows(&self.0, query.to_owned(), limit).await
    }

    /// The newest other run under the id of this one that may have sent something. If there is one,
    /// `start_again` starts nothing.
    pub async fn other_that_may_have_sent(
        &self,
        newest: &Description,
    ) -> Result<Option<Description>, Error> {
        start_again::other_that_may_have_sent(&self.0, newest).await
    }
}

impl Payments for PaymentsClient {
    async fn start(&self, kind: Kind, request: &PaymentRequest) -> Result<Started, Error> {
        start::start(&self.0, kind, request).await
    }

    async fn start_again(&self, kind: Kind, request: &PaymentRequest) -> Result<Started, Error> {
        start_again::start_again(&self.0, kind, request).await
    }

    async fn result(&self, request_id: &RequestId) -> Result<Outcome, Error> {
        self.operation(request_id).result().await
    }

    async fn cancel(&self, request_id: &RequestId) -> Result<(), Error> {
        self.operation(request_id).cancel().await
    }
}
