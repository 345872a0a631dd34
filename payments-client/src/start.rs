//! Starting an operation: once per request id, however often it is asked for.

use temporalio_client::errors::WorkflowStartError;
use temporalio_client::{
    Client, UntypedWorkflow, WorkflowIdConflictPolicy, WorkflowIdReusePolicy, WorkflowStartOptions,
};
use temporalio_common::search_attributes::SearchAttributes;
use workflows::partner_word::Kind;
use workflows::request::PaymentRequest;
use workflows::search_attributes::{AMOUNT_MINOR, CURRENCY, MERCHANT, ORDER_ID, PHASE};
use workflows::state::Phase;

use crate::error::Error;
use crate::operation::OperationHandle;
use crate::payload;
use crate::repeat::{self, Repeat};
use crate::workflow_type::workflow_type;

/// An operation that runs, or has run, for the request.
#[derive(Clone)]
pub struct Started {
    /// The operation.
    pub handle: OperationHandle,
    /// Temporal's name of its present run.
    pub run_id: String,
    /// There when the request id was used before: `handle` is then that first operation, and this
    /// call has started nothing.
    pub repeat: Option<Repeat>,
}

pub(crate) async fn start(
    client: &Client,
    task_queue: &str,
    kind: Kind,
    request: &PaymentRequest,
) -> Result<Started, Error> {
    // Some rules are no types of the fields, and a request may be put together by hand.
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

/// With `UseExisting` a repeat could not be told from a start, so running workflows are a
/// conflict too.
fn options(task_queue: &str, kind: Kind, request: &PaymentRequest) -> WorkflowStartOptions {
    WorkflowStartOptions::new(task_queue, request.request_id.workflow_id())
        .id_reuse_policy(WorkflowIdReusePolicy::RejectDuplicate)
        .id_conflict_policy(WorkflowIdConflictPolicy::Fail)
        .static_summary(summary(kind, request))
        .static_details(details(kind, request))
        .search_attributes(search_attributes(request))
        .build()
}

fn summary(kind: Kind, request: &PaymentRequest) -> String {
    let PaymentRequest {
        money, order_id, ..
    } = request;
    format!("{} {money}, order {order_id}", name(kind))
}

/// Markdown, for Temporal's UI. The values stand in a block of code: an order's id may hold any
/// visible character, and none of them is to be taken for markup.
fn details(kind: Kind, request: &PaymentRequest) -> String {
    let merchant = match &request.merchant {
        Some(name) => name.escape_debug().to_string(),
        None => "by the routes".to_owned(),
    };
    format!(
        "What was asked for:\n\n    \
         operation   {}\n    \
         amount      {}\n    \
         order       {}\n    \
         request id  {}\n    \
         merchant    {merchant}\n\n\
         The query `state` tells where it is.\n",
        name(kind),
        request.money,
        request.order_id,
        request.request_id,
    )
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::ExtraPayment => "extra payment",
        Kind::PaymentReversal => "reversal",
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_is_named_for_people() {
        let request = PaymentRequest::parse(
            br#"{"request_id":"r-1","order_id":"[o](x)`1","amount":"125.5","currency":"KGS"}"#,
        )
        .unwrap();
        assert_eq!(
            summary(Kind::ExtraPayment, &request),
            "extra payment 125.50 KGS, order [o](x)`1"
        );
        let details = details(Kind::PaymentReversal, &request);
        assert!(
            details.contains("\n    order       [o](x)`1\n"),
            "{details}"
        );
        assert!(
            details.contains("\n    merchant    by the routes\n"),
            "{details}"
        );
    }
}
