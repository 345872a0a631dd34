//! The calls to Temporal: connected in the background, with a time limit, for a bounded number of
//! callbacks at once.

mod connecting;
mod waking;

use std::fmt::Display;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use temporalio_client::errors::WorkflowStartError;
use temporalio_client::tonic::{Code, IntoRequest, Status};
use temporalio_client::{
    Client, NamespacedClient, RetryOptions, RpcOptions, UntypedWorkflow, WorkflowIdConflictPolicy,
    WorkflowIdReusePolicy, WorkflowStartOptions,
};
use temporalio_common::WorkflowDefinition;
use temporalio_common::data_converters::RawValue;
use temporalio_common::protos::coresdk::AsJsonPayloadExt;
use temporalio_common::protos::temporal::api::workflowservice::v1::DescribeNamespaceRequest;
use temporalio_common::search_attributes::SearchAttributes;
use tokio::sync::{Mutex, Semaphore, SemaphorePermit};
use tokio::time::timeout;
use tracing::warn;
use workflows::RecordSavedCard;
use workflows::contract::saved_card::SavedCard;
use workflows::contract::search_attributes::ORDER_ID;

use crate::answer::Answer;
use crate::configuration::GatewaySettings;
use crate::metrics::{self, Counted};

/// The longest that one attempt may take, so that after a lost answer there is time for another.
const ONE_TRY: Duration = Duration::from_secs(2);

/// How long the last result of the reachability check is used.
const LOOK_HOLDS: Duration = Duration::from_secs(1);

/// Temporal, reachable or not.
pub struct Temporal {
    client: OnceLock<Client>,
    waiting: Semaphore,
    budget: Duration,
    last_look: Mutex<Option<Look>>,
}

#[derive(Clone, Copy)]
struct Look {
    at: Instant,
    reachable: bool,
}

impl Temporal {
    /// Temporal before the first connection.
    pub fn new(settings: &GatewaySettings) -> Temporal {
        Temporal {
            client: OnceLock::new(),
            waiting: Semaphore::new(settings.max_waiting.get()),
            budget: settings.temporal_timeout,
            last_look: Mutex::new(None),
        }
    }

    /// Starts the workflow that hands this card over, unless it was started before. The callback is
    /// answered 200 only once Temporal has stored it.
    pub async fn record_saved_card(&self, card: &SavedCard, task_queue: &str) -> Answer {
        let (_place, client) = match self.admit() {
            Ok(admitted) => admitted,
            Err(refusal) => return refusal,
        };
        let Ok(input) = card.as_json_payload() else {
            return Answer::Broken;
        };
        let order = ORDER_ID.value_set(card.order_id.to_string());
        let options = WorkflowStartOptions::new(task_queue, card.workflow_id())
            .id_reuse_policy(WorkflowIdReusePolicy::RejectDuplicate)
            .id_conflict_policy(WorkflowIdConflictPolicy::Fail)
            .static_summary(format!("saved card, order {}", card.order_id))
            .search_attributes(SearchAttributes::new([order]))
            .rpc_options(self.few_quick_tries())
            .build();
        let once = || {
            let definition = UntypedWorkflow::new(RecordSavedCard::run.name());
            let input = RawValue::new(vec![input.clone()]);
            client.start_workflow(definition, input, options.clone())
        };
        // The workflow's id makes it one start, whichever of the attempts arrives.
        let twice = async {
            match once().await {
                Err(WorkflowStartError::Rpc(status)) if was_given_up(&status) => once().await,
                result => result,
            }
        };
        let (answer, result) = match timeout(self.budget, twice).await {
            Ok(Ok(_)) => (Answer::Taken, "stored"),
            Ok(Err(WorkflowStartError::AlreadyStarted { .. })) => (Answer::Taken, "known"),
            Ok(Err(error)) => unavailable(&error, "failed"),
            Err(elapsed) => unavailable(&elapsed, "timed_out"),
        };
        metrics::saved_card(result);
        answer
    }

    /// A place among the callbacks that wait for Temporal, and the client; or why there is none.
    fn admit(&self) -> Result<((SemaphorePermit<'_>, Counted), &Client), Answer> {
        let permit = self.waiting.try_acquire().map_err(|_| Answer::Busy)?;
        let counted = metrics::waiting_for_temporal();
        let client = self.client.get().ok_or(Answer::TemporalUnavailable)?;
        Ok(((permit, counted), client))
    }

    /// Whether Temporal answers for our namespace. At most one request a second is made, by the
    /// first caller, while others wait for the same answer.
    pub async fn reachable(&self) -> bool {
        let mut last_look = self.last_look.lock().await;
        if let Some(look) = *last_look
            && look.at.elapsed() < LOOK_HOLDS
        {
            return look.reachable;
        }
        let reachable = self.look().await;
        metrics::temporal_reachable(reachable);
        *last_look = Some(Look {
            at: Instant::now(),
            reachable,
        });
        reachable
    }

    async fn look(&self) -> bool {
        let Some(client) = self.client.get() else {
            return false;
        };
        let mut request = DescribeNamespaceRequest {
            namespace: client.namespace(),
            ..Default::default()
        }
        .into_request();
        request.set_timeout(ONE_TRY);
        let mut service = client.connection().workflow_service();
        matches!(
            timeout(ONE_TRY, service.describe_namespace(request)).await,
            Ok(Ok(_))
        )
    }

    fn few_quick_tries(&self) -> RpcOptions {
        let retries = RetryOptions::builder()
            .max_retries(3)
            .max_interval(Duration::from_millis(500))
            .max_elapsed_time(Some(self.budget))
            .build();
        RpcOptions::builder()
            .timeout(ONE_TRY.min(self.budget))
            .retry_options(retries)
            .build()
    }
}

/// Whether an attempt ended because its time was over. The client takes that for our own decision
/// and does not retry.
fn was_given_up(status: &Status) -> bool {
    matches!(status.code(), Code::Cancelled | Code::DeadlineExceeded)
}

fn unavailable(error: &dyn Display, result: &'static str) -> (Answer, &'static str) {
    warn!(%error, "Temporal did not take the callback");
    (Answer::TemporalUnavailable, result)
}
