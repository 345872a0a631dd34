//! Starting an operation: once per request id, however often it is requested.

use temporalio_client::errors::WorkflowStartError;
use temporalio_client::{
    Client, UntypedWorkflow, WorkflowIdConflictPolicy, WorkflowIdReusePolicy, WorkflowStartOptions,
};
use temporalio_common::search_attributes::SearchAttributes;
use workflows::contract::kind::Kind;
use workflows::contract::request::PaymentRequest;
use workflows::contract::search_attributes::{AMOUNT_MINOR, CURRENCY, MERCHANT, ORDER_ID, PHASE};
use workflows::contract::state::Phase;
use workflows::operation::summary::Summary;

use crate::error::Error;
use crate::operation::OperationHandle;
use crate::payload;
use crate::repeat::{self, Repeat};
use crate::workflow_type::workflow_type;

/// An operation that is running, or has run, for the request.
#[derive(Clone)]
pub struct Started {
    /// The operation.
    pub handle: OperationHandle,
    /// Temporal's id of its current run.
    pub run_id: String,
    /// Present if the request id was used before: then `handle` is that first operation, and this
    /// call has started nothing.
    pub repeat: Option<Repeat>,
}

pub(crate) async fn start(
    client: &Client,
    task_queue: &str,
    kind: Kind,
    request: &PaymentRequest,
) -> Result<Started, Error> {
    // The types of the fields don't enforce all rules, and a request may be built by hand.
    let request = PaymentRequest::parse(&serde_json::to_vec(request)?)?;
    let handle = OperationHandle::new(client.clone(), request.request_id.clone());
    let definition = UntypedWorkflow::new(workflow_type(kind));
    let input = payload::write(&request)?;
    let options = options(task_queue, kind, &request);
    match client.start_workflow(definition, input, options).await {
        Ok(started) => Ok(Started {
            handle,
            run_id: started.run_id().unwrap_or_default().to_owned(),
            repeat: None,
        }),
        Err(WorkflowStartError::AlreadyStarted {
            run_id: Some(run_id),
            ..
        }) => {
            let repeat = repeat::compare(client, &run_id, kind, &request).await?;
            Ok(Started {
                handle,
                run_id,
                repeat: Some(repeat),
            })
        }
        Err(error) => Err(error.into()),
    }
}

/// With `UseExisting` a repeat could not be distinguished from a start, so a running workflow is a
/// conflict too.
fn options(task_queue: &str, kind: Kind, request: &PaymentRequest) -> WorkflowStartOptions {
    let summary = summary(kind, request);
    WorkflowStartOptions::new(task_queue, request.request_id.workflow_id())
        .id_reuse_policy(WorkflowIdReusePolicy::RejectDuplicate)
        .id_conflict_policy(WorkflowIdConflictPolicy::Fail)
        .static_summary(summary.line())
        .static_details(summary.markdown())
        .search_attributes(search_attributes(request))
        .build()
}

/// What procaas requested. The worker shows what became of it in the current details.
fn summary(kind: Kind, request: &PaymentRequest) -> Summary<'_> {
    Summary {
        kind,
        money: request.money,
        order_id: &request.order_id,
        merchant: request.merchant.as_deref(),
        request_id: &request.request_id,
    }
}

/// Set at the start, so that an operation can be found before any worker has seen it.
fn search_attributes(request: &PaymentRequest) -> SearchAttributes {
    let merchant = request.merchant.clone();
    let attributes = [
        ORDER_ID.value_set(request.order_id.to_string()),
        PHASE.value_set(Phase::Submitting.as_str().to_owned()),
        CURRENCY.value_set(request.money.currency().to_owned()),
        AMOUNT_MINOR.value_set(request.money.minor()),
    ];
    SearchAttributes::new(
        attributes
            .into_iter()
            .chain(merchant.map(|merchant| MERCHANT.value_set(merchant))),
    )
}
