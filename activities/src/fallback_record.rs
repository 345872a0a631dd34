//! The record that a fallback account has taken a request over. Another start of the request has to
//! know, and its own account can't tell it. The record is a workflow that never does anything: Temporal
//! finds one by its id at once, while its list of runs lags, and may be asked a few times a second only.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use temporalio_client::errors::WorkflowInteractionError;
use temporalio_client::tonic::{Code, IntoRequest};
use temporalio_client::{NamespacedClient, UntypedWorkflow, WorkflowFetchHistoryOptions};
use temporalio_common::protos::coresdk::AsJsonPayloadExt;
use temporalio_common::protos::temporal::api::common::v1::{Payloads, WorkflowType};
use temporalio_common::protos::temporal::api::enums::v1::WorkflowIdReusePolicy;
use temporalio_common::protos::temporal::api::history::v1::HistoryEvent;
use temporalio_common::protos::temporal::api::history::v1::history_event::Attributes;
use temporalio_common::protos::temporal::api::taskqueue::v1::TaskQueue;
use temporalio_common::protos::temporal::api::workflowservice::v1::StartWorkflowExecutionRequest;
use temporalio_sdk::activities::ActivityContext;
use workflows::contract::ids::RequestId;
use workflows::contract::kind::Kind;
use workflows::contract::money::Money;
use workflows::operation::activity_input::PartnerCall;
use workflows::operation::terms::Terms;

/// No worker knows this type: the first task of such a workflow comes after its end.
const WORKFLOW_TYPE: &str = "fallback_record";

/// Longer than any payment is open, and than its runs are retained after that.
const KEPT_FOR: Duration = Duration::from_secs(400 * 24 * 60 * 60);

/// The step that keeps it still has to call the partner.
const KEEPS_WITHIN: Duration = Duration::from_secs(2);

/// What is kept.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct FallbackRecord {
    /// The terms on which the fallback account has taken the request over.
    pub(crate) terms: Box<Terms>,
    /// The amount that it took, as the fields `amount` and `currency`.
    #[serde(flatten)]
    pub(crate) money: Money,
}

/// Keeps the terms on which the fallback account has taken the request over, before anything is sent
/// on them. What is there already stays.
pub(crate) async fn keep(
    ctx: &ActivityContext,
    call: &PartnerCall,
    terms: &Terms,
) -> Result<(), String> {
    let record = FallbackRecord {
        terms: Box::new(terms.clone()),
        money: call.money,
    };
    let payload = record
        .as_json_payload()
        .map_err(|error| error.to_string())?;
    let client = ctx.client();
    let request = StartWorkflowExecutionRequest {
        namespace: client.namespace(),
        workflow_id: call.request_id.fallback_record_id(call.kind),
        workflow_type: Some(WorkflowType {
            name: WORKFLOW_TYPE.to_owned(),
        }),
        task_queue: Some(TaskQueue {
            name: ctx.info().task_queue.clone(),
            ..TaskQueue::default()
        }),
        input: Some(Payloads {
            payloads: vec![payload],
        }),
        request_id: call.request_id.to_string(),
        workflow_id_reuse_policy: WorkflowIdReusePolicy::RejectDuplicate.into(),
        workflow_start_delay: KEPT_FOR.try_into().ok(),
        workflow_execution_timeout: KEPT_FOR.try_into().ok(),
        ..StartWorkflowExecutionRequest::default()
    };
    let mut service = client.connection().workflow_service();
    let started = service.start_workflow_execution(request.into_request());
    match tokio::time::timeout(KEEPS_WITHIN, started).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(status)) if status.code() == Code::AlreadyExists => Ok(()),
        Ok(Err(status)) => Err(status.message().to_owned()),
        Err(_) => Err("no answer in time".to_owned()),
    }
}

/// What is kept for a request, if its fallback account has taken it over.
pub(crate) async fn kept(
    ctx: &ActivityContext,
    kind: Kind,
    request_id: &RequestId,
) -> Result<Option<FallbackRecord>, String> {
    let id = request_id.fallback_record_id(kind);
    let client = ctx.client();
    let workflow = client.get_workflow_handle::<UntypedWorkflow>(id);
    let events = workflow.fetch_history(WorkflowFetchHistoryOptions::default());
    match events.into_events().await {
        Ok(events) => events
            .iter()
            .find_map(record)
            .ok_or("the record of the fallback account is empty")?
            .map(Some),
        Err(WorkflowInteractionError::NotFound(_)) => Ok(None),
        Err(WorkflowInteractionError::Rpc(status)) if status.code() == Code::NotFound => Ok(None),
        Err(error) => Err(error.to_string()),
    }
}

fn record(event: &HistoryEvent) -> Option<Result<FallbackRecord, String>> {
    let Some(Attributes::WorkflowExecutionStartedEventAttributes(started)) = &event.attributes
    else {
        return None;
    };
    let payload = started.input.as_ref()?.payloads.first()?;
    Some(serde_json::from_slice(&payload.data).map_err(|error| error.to_string()))
}
