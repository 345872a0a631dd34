//! A request id that was used before: compares the request that started its operation with the new
//! one.

use serde_json::{Map, Value};
use temporalio_client::tonic::IntoRequest;
use temporalio_client::{Client, NamespacedClient};
use temporalio_common::data_converters::{
    RawValue, SerializationContextData, WorkflowSerializationContext,
};
use temporalio_common::protos::temporal::api::common::v1::WorkflowExecution;
use temporalio_common::protos::temporal::api::history::v1::WorkflowExecutionStartedEventAttributes;
use temporalio_common::protos::temporal::api::history::v1::history_event::Attributes;
use temporalio_common::protos::temporal::api::workflowservice::v1::GetWorkflowExecutionHistoryRequest;
use workflows::contract::kind::Kind;
use workflows::contract::request::PaymentRequest;

use crate::error::Error;
use crate::workflow_type::kind_of;

/// How a repeated request compares to the first one with its id.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Repeat {
    /// The contract's names of the fields in which the two differ, and `kind` if one is an extra
    /// payment and the other a reversal. Empty if the same request was sent again.
    pub differs: Vec<String>,
}

/// Compares with the first event of the run. That is enough for a run that continues another, since
/// it has the same input.
pub(crate) async fn compare(
    client: &Client,
    run_id: &str,
    kind: Kind,
    request: &PaymentRequest,
) -> Result<Repeat, Error> {
    let first = first_event(client, &request.request_id.workflow_id(), run_id).await?;
    let first_kind = first.workflow_type.and_then(|it| kind_of(&it.name));
    let payloads = first.input.map(|input| input.payloads).unwrap_or_default();
    let context = SerializationContextData::Workflow(WorkflowSerializationContext::new());
    let arguments: RawValue = client
        .options()
        .data_converter
        .from_payloads(&context, payloads)
        .await?;
    let input = arguments.payloads.first().map(|payload| &payload.data);
    let mut differs = differing_fields(input.map_or(&[], Vec::as_slice), request)?;
    if first_kind != Some(kind) {
        differs.insert(0, "kind".to_owned());
    }
    Ok(Repeat { differs })
}

async fn first_event(
    client: &Client,
    workflow_id: &str,
    run_id: &str,
) -> Result<WorkflowExecutionStartedEventAttributes, Error> {
    let request = GetWorkflowExecutionHistoryRequest {
        namespace: client.namespace(),
        execution: Some(WorkflowExecution {
            workflow_id: workflow_id.to_owned(),
            run_id: run_id.to_owned(),
        }),
        maximum_page_size: 1,
        ..GetWorkflowExecutionHistoryRequest::default()
    };
    let answer = client
        .connection()
        .workflow_service()
        .get_workflow_execution_history(request.into_request())
        .await?
        .into_inner();
    let events = answer.history.map(|it| it.events).unwrap_or_default();
    match events.into_iter().next().and_then(|it| it.attributes) {
        Some(Attributes::WorkflowExecutionStartedEventAttributes(first)) => Ok(first),
        _ => Err(Error::Unreadable("a history without its start".to_owned())),
    }
}

/// The fields are compared as the workflow parsed them: "125.5" and "125.50" KGS are the same. If
/// the first input broke a rule, the field that broke it counts as different.
fn differing_fields(first: &[u8], second: &PaymentRequest) -> Result<Vec<String>, Error> {
    let first = match PaymentRequest::parse(first) {
        Ok(first) => fields(&first)?,
        Err(invalid) => return Ok(vec![invalid.field]),
    };
    let second = fields(second)?;
    let names = first.keys().chain(second.keys());
    let mut differs: Vec<String> = names
        .filter(|name| first.get(*name) != second.get(*name))
        .cloned()
        .collect();
    differs.sort();
    differs.dedup();
    Ok(differs)
}

fn fields(request: &PaymentRequest) -> Result<Map<String, Value>, Error> {
    Ok(serde_json::from_value(serde_json::to_value(request)?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeat_is_the_same_however_its_fields_are_written() {
        let second = PaymentRequest::parse(
            br#"{"request_id":"r-1","order_id":"o-1","amount":"125.50","currency":"KGS"}"#,
        )
        .unwrap();
        for (first, expected) in [
            (
                r#"{"city":null,"currency":"KGS","amount":"125.5","order_id":"o-1","request_id":"r-1"}"#,
                vec![],
            ),
            (
                r#"{"request_id":"r-1","order_id":"o-2","amount":"125","currency":"KGS","city":"Osh"}"#,
                vec!["amount", "city", "order_id"],
            ),
            (
                r#"{"request_id":"r-1","order_id":"o-1","amount":125.5,"currency":"KGS"}"#,
                vec!["amount"],
            ),
            ("", vec!["input"]),
        ] {
            assert_eq!(
                differing_fields(first.as_bytes(), &second).unwrap(),
                expected
            );
        }
    }
}
