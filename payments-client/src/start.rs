//! Starting an operation: once per request id, however often it is requested.

use temporalio_client::errors::WorkflowStartError;
use temporalio_client::{
    UntypedWorkflow, WorkflowIdConflictPolicy, WorkflowIdReusePolicy, WorkflowStartOptions,
};
use temporalio_common::search_attributes::SearchAttributes;
use workflows::contract::ids::RequestId;
use workflows::contract::kind::Kind;
use workflows::contract::request::PaymentRequest;
use workflows::contract::search_attributes::{AMOUNT_MINOR, CURRENCY, MERCHANT, ORDER_ID, PHASE};
use workflows::contract::state::Phase;
use workflows::operation::summary::Summary;

use crate::at::At;
use crate::connection::Connection;
use crate::error::Error;
use crate::payload;
use crate::repeat::Repeat;
use crate::workflow_type::workflow_type;

/// An operation that is running, or has run, for the request.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Started {
    /// The operation.
    pub request_id: RequestId,
    /// Temporal's id of its current run.
    pub run_id: String,
    /// Present if the same request was started before: then this call has started nothing.
    pub repeat: Option<Repeat>,
}

pub(crate) async fn start(
    connection: &Connection,
    kind: Kind,
    request: &PaymentRequest,
) -> Result<Started, Error> {
    let policy = WorkflowIdReusePolicy::RejectDuplicate;
    start_under(policy, connection, kind, request).await
}

pub(crate) async fn start_under(
    policy: WorkflowIdReusePolicy,
    connection: &Connection,
    kind: Kind,
    request: &PaymentRequest,
) -> Result<Started, Error> {
    // The types of the fields don't enforce all rules, and a request may be built by hand.
    let request = PaymentRequest::parse(&serde_json::to_vec(request)?)?;
    let definition = UntypedWorkflow::new(workflow_type(kind));
    let input = payload::write(&request)?;
    let options = options(policy, &connection.task_queue, kind, &request);
    let (run_id, repeat) = match connection
        .client
        .start_workflow(definition, input, options)
        .await
    {
        Ok(started) => (started.run_id().unwrap_or_default().to_owned(), None),
        Err(WorkflowStartError::AlreadyStarted {
            run_id: Some(run_id),
            ..
        }) => {
            let repeat = Repeat::of(connection, &run_id, kind, &request).await?;
            (run_id, Some(repeat))
        }
        Err(error) => return Err(error.at(&connection.place.of(&request.request_id))),
    };
    Ok(Started {
        request_id: request.request_id,
        run_id,
        repeat,
    })
}

/// With `UseExisting` a repeat could not be distinguished from a start, so a running workflow is a
/// conflict too.
fn options(
    policy: WorkflowIdReusePolicy,
    task_queue: &str,
    kind: Kind,
    request: &PaymentRequest,
) -> WorkflowStartOptions {
    // What procaas requested. The worker shows what became of it in the current details.
    let summary = Summary {
        kind,
        money: request.money,
        order_id: &request.order_id,
        merchant: request.merchant.as_deref(),
        request_id: &request.request_id,
    };
    WorkflowStartOptions::new(task_queue, request.request_id.workflow_id())
        .id_reuse_policy(policy)
        .id_conflict_policy(WorkflowIdConflictPolicy::Fail)
        .static_summary(summary.line())
        .static_details(summary.markdown())
        .search_attributes(search_attributes(request))
        .build()
}

/// Set at the start, so that an operation can be found before any worker has seen it.
fn search_attributes(request: &PaymentRequest) -> SearchAttributes {
    let merchant = request.merchant.clone().map(|it| MERCHANT.value_set(it));
    let attributes = [
        ORDER_ID.value_set(request.order_id.to_string()),
        PHASE.value_set(Phase::Submitting.as_str().to_owned()),
        CURRENCY.value_set(request.money.currency().to_owned()),
        AMOUNT_MINOR.value_set(request.money.minor()),
    ];
    SearchAttributes::new(attributes.into_iter().chain(merchant))
}
