//! One operation: query its state, wait for its end, and send what operators decide.

mod history;

use std::time::Duration;

use jiff::Timestamp;
use temporalio_client::errors::WorkflowQueryError;
use temporalio_client::{
    Client, NamespacedClient, RpcOptions, UntypedQuery, UntypedUpdate, UntypedWorkflow,
    UntypedWorkflowHandle, WorkflowCancelOptions, WorkflowDescribeOptions, WorkflowExecutionInfo,
    WorkflowGetResultOptions, WorkflowQueryOptions, WorkflowStartUpdateOptions,
};
use temporalio_common::data_converters::RawValue;
use temporalio_common::{QueryDefinition, UpdateDefinition};
use workflows::ExtraPayment;
use workflows::contract::approval::{Approval, Withdrawal};
use workflows::contract::ids::RequestId;
use workflows::contract::outcome::Outcome;
use workflows::contract::resolution::Resolution;
use workflows::contract::state::State;
use workflows::flow::outside::TOO_EARLY;

use crate::at::At;
use crate::description::Description;
use crate::error::Error;
use crate::pause::Pause;
use crate::paused_step::PausedStep;
use crate::payload;
use crate::place::Place;

/// How long a worker may take to answer a query or to accept an update. It answers within
/// milliseconds; but a task that a killed worker had taken is given to another one only after ten
/// seconds.
pub(crate) const WORKER_ANSWERS_WITHIN: Duration = Duration::from_secs(15);

/// The pause after a query that came before a workflow task that is due.
const DUE_TASK_TAKES: Duration = Duration::from_millis(500);

/// The operation of one request id, across all of its runs. Cheap to clone.
#[derive(Clone)]
pub struct OperationHandle {
    client: Client,
    request_id: RequestId,
    place: Place,
}

impl OperationHandle {
    pub(crate) fn new(client: Client, place: &Place, request_id: &RequestId) -> OperationHandle {
        OperationHandle {
            client,
            request_id: request_id.clone(),
            place: place.of(request_id),
        }
    }

    /// Which operation.
    pub fn request_id(&self) -> &RequestId {
        &self.request_id
    }

    /// Its state. A worker answers, so one has to be running, even for a closed operation. A paused
    /// operation does not answer: [`Error::Paused`].
    pub async fn state(&self) -> Result<State, Error> {
        let soon = RpcOptions::builder().timeout(WORKER_ANSWERS_WITHIN).build();
        let options = WorkflowQueryOptions::builder().rpc_options(soon).build();
        // The two workflow types have the same queries and updates, so the names of either can be
        // used.
        let workflow = self.workflow();
        let ask = || {
            let query = UntypedQuery::new(ExtraPayment::state.name());
            workflow.query(query, RawValue::default(), options.clone())
        };
        let mut answer = ask().await;
        if answer.as_ref().is_err_and(came_too_early) {
            tokio::time::sleep(DUE_TASK_TAKES).await;
            answer = ask().await;
        }
        payload::read(answer.map_err(self.blame())?)
    }

    /// Waits for its end, for as long as that takes, across every run that continues it. Can be
    /// called repeatedly, and long after the end. An end without an outcome is an error:
    /// [`Error::NoOutcome`].
    pub async fn result(&self) -> Result<Outcome, Error> {
        let options = WorkflowGetResultOptions::default();
        let result = self.workflow().get_result(options).await;
        payload::read(result.map_err(self.blame())?)
    }

    /// The end of one of its runs.
    pub(crate) async fn result_of(&self, run_id: &str) -> Result<Outcome, Error> {
        let options = WorkflowGetResultOptions::builder()
            .follow_runs(false)
            .build();
        let result = self.run(run_id).get_result(options).await;
        payload::read(result.map_err(self.blame())?)
    }

    /// Requests its cancellation. It is cancelled if nothing was submitted yet. Once money may be
    /// on its way, it continues to its true outcome. [`OperationHandle::result`] shows which.
    pub async fn cancel(&self) -> Result<(), Error> {
        // Temporal accepts a request to cancel a closed workflow, and does nothing.
        if self.describe().await?.closed_at.is_some() {
            return Err(Error::Closed(self.request_id.clone()));
        }
        let options = WorkflowCancelOptions::default();
        let cancelled = self.workflow().cancel(options).await;
        cancelled.map_err(self.blame())
    }

    /// Makes it try at once what waits to be tried again: the question to the partner, a submission
    /// that was not sent, billing. Returns the state after that.
    pub async fn check_now(&self) -> Result<State, Error> {
        let update = UntypedUpdate::new(ExtraPayment::check_now.name());
        self.update(update, RawValue::default()).await
    }

    /// Closes it on an operator's statement. It must need attention. The partner is asked once more
    /// first, and its answer takes precedence; [`Error::Refused`] says why a resolution was
    /// refused. If two operators are needed, this only proposes, and the state contains the
    /// proposal.
    pub async fn resolve(&self, resolution: &Resolution) -> Result<State, Error> {
        let sound = Resolution::parse(&serde_json::to_vec(resolution)?)?;
        let update = UntypedUpdate::new(ExtraPayment::resolve.name());
        self.update(update, payload::write(&sound)?).await
    }

    /// Closes it as another operator has proposed; the partner is asked once more first.
    pub async fn approve(&self, approval: &Approval) -> Result<State, Error> {
        let sound = Approval::parse(&serde_json::to_vec(approval)?)?;
        let update = UntypedUpdate::new(ExtraPayment::approve_resolution.name());
        self.update(update, payload::write(&sound)?).await
    }

    /// Withdraws the proposal.
    pub async fn withdraw(&self, withdrawal: &Withdrawal) -> Result<State, Error> {
        let sound = Withdrawal::parse(&serde_json::to_vec(withdrawal)?)?;
        let update = UntypedUpdate::new(ExtraPayment::withdraw_resolution.name());
        self.update(update, payload::write(&sound)?).await
    }

    /// What Temporal knows about it, without asking a worker.
    pub async fn describe(&self) -> Result<Description, Error> {
        let options = WorkflowDescribeOptions::default();
        let answer = self.workflow().describe(options).await;
        let answer = answer.map_err(self.blame())?.into_raw();
        let info = answer.workflow_execution_info.unwrap_or_default();
        let mut description = Description::read(&info)
            .ok_or_else(|| Error::Unreadable("not a workflow of this project".to_owned()))?;
        description.paused_step = PausedStep::described(answer.pending_activities);
        let extended = answer.workflow_extended_info;
        description.pause = extended.and_then(|it| it.pause_info).map(Pause::read);
        if info.first_run_id != description.run_id && !info.first_run_id.is_empty() {
            description.begun_at = self.begun_at(&info.first_run_id).await?;
        }
        Ok(description)
    }

    /// None if that run is not kept any more.
    async fn begun_at(&self, first_run_id: &str) -> Result<Option<Timestamp>, Error> {
        let options = WorkflowDescribeOptions::default();
        let answer = match self.run(first_run_id).describe(options).await {
            Ok(answer) => answer.into_raw(),
            Err(error) => {
                return match error.at(&self.place) {
                    Error::NotFound(_) => Ok(None),
                    error => Err(error),
                };
            }
        };
        let info = answer.workflow_execution_info.as_ref();
        Ok(info
            .and_then(Description::read)
            .and_then(|it| it.started_at))
    }

    async fn update(
        &self,
        update: UntypedUpdate<UntypedWorkflow>,
        argument: RawValue,
    ) -> Result<State, Error> {
        let options = WorkflowStartUpdateOptions::default();
        let workflow = self.workflow();
        let accepted = workflow.start_update(update, argument, options);
        let accepted = match tokio::time::timeout(WORKER_ANSWERS_WITHIN, accepted).await {
            Ok(accepted) => accepted.map_err(self.blame()),
            Err(_) => Err(Error::NoWorker(
                "it may yet carry the update out, so ask for the state before repeating it"
                    .to_owned(),
            )),
        };
        let accepted = match accepted {
            // An update finds no workflow if there is none, or if it is closed.
            Err(Error::NotFound(_)) => {
                self.describe().await?;
                return Err(Error::Closed(self.request_id.clone()));
            }
            accepted => accepted?,
        };
        let result = accepted.get_result(RpcOptions::default()).await;
        payload::read(result.map_err(self.blame())?)
    }

    /// What an error of Temporal's client means here.
    fn blame<E: At>(&self) -> impl FnOnce(E) -> Error {
        let place = self.place.clone();
        move |error| error.at(&place)
    }

    fn workflow(&self) -> UntypedWorkflowHandle<Client> {
        let workflow_id = self.request_id.workflow_id();
        self.client
            .get_workflow_handle::<UntypedWorkflow>(workflow_id)
    }

    fn run(&self, run_id: &str) -> UntypedWorkflowHandle<Client> {
        WorkflowExecutionInfo::builder()
            .namespace(self.client.namespace())
            .workflow_id(self.request_id.workflow_id())
            .run_id(run_id)
            .build()
            .bind_untyped(self.client.clone())
    }
}

fn came_too_early(error: &WorkflowQueryError) -> bool {
    matches!(error, WorkflowQueryError::Rpc(status) if status.message().contains(TOO_EARLY))
}
