//! The signal's way into a history. What is answered 200 is stored there.

use std::sync::OnceLock;
use std::time::Duration;

use temporalio_client::envconfig::LoadClientConfigProfileOptions;
use temporalio_client::errors::WorkflowInteractionError;
use temporalio_client::tonic::{Code, IntoRequest};
use temporalio_client::{
    Client, ClientOptions, Connection, ConnectionOptions, RetryOptions, RpcOptions,
    WorkflowSignalOptions,
};
use temporalio_common::data_converters::RawValue;
use temporalio_common::protos::temporal::api::workflowservice::v1::GetSystemInfoRequest;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tracing::{info, warn};
use workflows::ExtraPayment;
use workflows::ids::RequestId;

use crate::refusal::Refusal;

/// How long one try may take. The SDK's own default is longer than the partner waits.
const TRY: Duration = Duration::from_secs(2);

/// The pause before another try.
const AGAIN: Duration = Duration::from_millis(200);

const CONNECT_PAUSE: Duration = Duration::from_secs(1);

/// How a signal ended that Temporal has decided on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Signalled {
    /// It is stored in the history.
    Stored,
    /// The workflow has closed: there is nothing more to ask.
    Closed,
}

/// The connection to Temporal, there or not.
pub struct Temporal {
    options: (ConnectionOptions, ClientOptions),
    client: OnceLock<Client>,
    waiting: Semaphore,
    budget: Duration,
}

impl Temporal {
    /// Reads `TEMPORAL_*`, and connects to nothing yet. `budget` is the time for one signal,
    /// `max_waiting` how many may be on their way at a time.
    pub fn from_environment(budget: Duration, max_waiting: usize) -> Result<Temporal, String> {
        let options = ClientOptions::load_from_config(LoadClientConfigProfileOptions::default())
            .map_err(|error| format!("TEMPORAL_*: {error}"))?;
        Ok(Temporal {
            options,
            client: OnceLock::new(),
            waiting: Semaphore::new(max_waiting),
            budget,
        })
    }

    /// Connects, however long Temporal is away. Once there, the connection mends itself.
    pub async fn connect(&self) {
        let (connection, options) = &self.options;
        let address = connection.target.to_string();
        loop {
            let connected = timeout(TRY, Connection::connect(connection.clone())).await;
            match connected {
                Ok(Ok(connection)) => match Client::new(connection, options.clone()) {
                    Ok(client) => {
                        info!(%address, "connected to Temporal");
                        let _ = self.client.set(client);
                        return;
                    }
                    Err(error) => warn!(%address, %error, "Temporal refuses; trying again"),
                },
                Ok(Err(error)) => warn!(%address, %error, "Temporal is out of reach; trying again"),
                Err(_) => warn!(%address, "Temporal is too slow; trying again"),
            }
            sleep(CONNECT_PAUSE).await;
        }
    }

    /// Signals the workflow of a request, within the budget.
    pub async fn signal(&self, id: &RequestId, signal_id: &str) -> Result<Signalled, Refusal> {
        // Who has to wait for a place would only come too late.
        let _place = self
            .waiting
            .try_acquire()
            .map_err(|_| Refusal::Unavailable)?;
        let client = self.client.get().ok_or(Refusal::Unavailable)?;
        let deadline = Instant::now() + self.budget;
        loop {
            let tried = timeout_at(deadline, signal_once(client, id, signal_id)).await;
            match tried.map_err(|_| Refusal::Unavailable)? {
                Tried::Ended(end) => return end,
                // The same signal id: if this try did arrive, the next one changes nothing.
                Tried::Again => sleep(AGAIN).await,
            }
        }
    }

    /// Whether Temporal answers now.
    pub async fn is_reachable(&self) -> bool {
        let Some(client) = self.client.get() else {
            return false;
        };
        let mut service = client.connection().workflow_service();
        let mut request = GetSystemInfoRequest::default().into_request();
        request.set_timeout(TRY);
        request.extensions_mut().insert(RetryOptions::no_retries());
        matches!(
            timeout(TRY, service.get_system_info(request)).await,
            Ok(Ok(_))
        )
    }
}

enum Tried {
    Ended(Result<Signalled, Refusal>),
    Again,
}

async fn signal_once(client: &Client, id: &RequestId, signal_id: &str) -> Tried {
    let rpc = RpcOptions::builder()
        .timeout(TRY)
        .retry_options(RetryOptions::no_retries())
        .build();
    let options = WorkflowSignalOptions::builder()
        .request_id(signal_id.to_owned())
        .rpc_options(rpc)
        .build();
    // Both workflows take the signal by the same name; which of them it is does not matter here.
    let workflow = client.get_workflow_handle::<ExtraPayment>(id.workflow_id());
    let signal = ExtraPayment::payment_completed;
    match workflow
        .signal(signal, RawValue::new(Vec::new()), options)
        .await
    {
        Ok(()) => Tried::Ended(Ok(Signalled::Stored)),
        Err(WorkflowInteractionError::NotFound(status)) if is_closed(status.message()) => {
            Tried::Ended(Ok(Signalled::Closed))
        }
        Err(WorkflowInteractionError::NotFound(_)) => Tried::Ended(Err(Refusal::NoSuchWorkflow)),
        Err(WorkflowInteractionError::Rpc(status)) if status.code() == Code::Unavailable => {
            Tried::Again
        }
        Err(error) => {
            warn!(%error, "Temporal did not store a signal");
            Tried::Ended(Err(Refusal::Unavailable))
        }
    }
}

/// Temporal says NOT_FOUND both for a workflow that it never had and for one that has closed, and
/// tells them apart by the message alone.
fn is_closed(message: &str) -> bool {
    message.contains("already completed")
}
