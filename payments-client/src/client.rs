//! The connection to Temporal, and what can be done with it.

use std::time::Duration;

use temporalio_client::envconfig::LoadClientConfigProfileOptions;
use temporalio_client::{Client, ClientOptions};
use temporalio_common::telemetry::ensure_default_crypto_provider;
use workflows::contract::ids::RequestId;
use workflows::contract::kind::Kind;
use workflows::contract::request::PaymentRequest;

use crate::description::Description;
use crate::error::Error;
use crate::listing::{self, Filter};
use crate::operation::OperationHandle;
use crate::start::{self, Started};

/// Without a limit, an address that drops packets would block the caller for minutes.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Starts operations and finds them again. Cheap to clone.
#[derive(Clone)]
pub struct PaymentsClient {
    client: Client,
    task_queue: String,
}

impl PaymentsClient {
    /// Connects as the environment says: `TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`,
    /// `TEMPORAL_API_KEY`, `TEMPORAL_TLS_*`, or a profile of `temporal.toml`, like the `temporal`
    /// command.
    ///
    /// `identity` names the caller in the histories. `task_queue` is the one that the workers poll:
    /// [`workflows::contract::ids::TASK_QUEUE`] unless they are configured otherwise.
    pub async fn connect(identity: &str, task_queue: &str) -> Result<PaymentsClient, Error> {
        PaymentsClient::connect_with(identity, task_queue, |options| options).await
    }

    /// Connects like [`PaymentsClient::connect`], with the options that `set_up` returns: a codec
    /// for payloads, or an interceptor that creates spans (such as `traces::traced`), with which a
    /// start joins the caller's trace.
    pub async fn connect_with(
        identity: &str,
        task_queue: &str,
        set_up: impl FnOnce(ClientOptions) -> ClientOptions,
    ) -> Result<PaymentsClient, Error> {
        ensure_default_crypto_provider();
        let (mut connection, options) =
            ClientOptions::load_from_config(LoadClientConfigProfileOptions::default())
                .map_err(|error| Error::Misconfigured(error.to_string()))?;
        connection.identity = identity.to_owned();
        connection.connect_timeout = Some(CONNECT_TIMEOUT);
        let address = connection.target.to_string();
        let client = Client::connect(connection, set_up(options))
            .await
            .map_err(|error| Error::not_connected(&address, &error))?;
        Ok(PaymentsClient::new(client, task_queue))
    }

    /// Uses an existing connection.
    pub fn new(client: Client, task_queue: &str) -> PaymentsClient {
        PaymentsClient {
            client,
            task_queue: task_queue.to_owned(),
        }
    }

    /// Charges an order's card once more.
    ///
    /// However often and from however many places it is called, there is one operation for one
    /// request id: the workflow id is derived from it and never used twice. So simply repeat a call
    /// that failed with [`Error::Unavailable`], with the same request. If the first call had
    /// succeeded, the repeat returns its operation, running or closed, and [`Started::repeat`] says
    /// whether the two requests were the same.
    ///
    /// This holds for as long as Temporal keeps the closed workflow (the namespace's retention);
    /// after that the workflow itself asks the partner about the request id before it submits.
    pub async fn start_extra_payment(&self, request: &PaymentRequest) -> Result<Started, Error> {
        self.start(Kind::ExtraPayment, request).await
    }

    /// Refunds money of an order, in full or in part. Repeats are safe, as for
    /// [`PaymentsClient::start_extra_payment`].
    pub async fn start_payment_reversal(&self, request: &PaymentRequest) -> Result<Started, Error> {
        self.start(Kind::PaymentReversal, request).await
    }

    /// Starts an operation of the given kind, as the two functions named after the kinds do.
    pub async fn start(&self, kind: Kind, request: &PaymentRequest) -> Result<Started, Error> {
        start::start(&self.client, &self.task_queue, kind, request).await
    }

    /// The operation of this request id. This sends nothing: the first call on the handle shows
    /// whether the operation exists.
    pub fn operation(&self, request_id: &RequestId) -> OperationHandle {
        OperationHandle::new(self.client.clone(), request_id.clone())
    }

    /// The operations that match the filter, newest first. Temporal's list lags slightly, so it is
    /// for people to look at, and nothing must be decided by it.
    pub async fn list(&self, filter: &Filter, limit: usize) -> Result<Vec<Description>, Error> {
        listing::list(&self.client, filter, limit).await
    }

    /// The runs that a query in Temporal's language finds, restricted to this project's.
    pub async fn search(&self, query: &str, limit: usize) -> Result<Vec<Description>, Error> {
        listing::rows(&self.client, query.to_owned(), limit).await
    }
}
