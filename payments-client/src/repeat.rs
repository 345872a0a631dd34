//! A request id that was used before: how its operation has ended, and in what the request that
//! started it differs from the new one.

use temporalio_client::NamespacedClient;
use temporalio_client::tonic::IntoRequest;
use temporalio_common::data_converters::{
    RawValue, SerializationContextData, WorkflowSerializationContext,
};
use temporalio_common::protos::temporal::api::common::v1::WorkflowExecution;
use temporalio_common::protos::temporal::api::history::v1::WorkflowExecutionStartedEventAttributes;
use temporalio_common::protos::temporal::api::history::v1::history_event::Attributes;
use temporalio_common::protos::temporal::api::workflowservice::v1::GetWorkflowExecutionHistoryRequest;
use workflows::contract::ids::RequestId;
use workflows::contract::kind::Kind;
use workflows::contract::outcome::Outcome;
use workflows::contract::request::PaymentRequest;

use crate::at::At;
use crate::connection::Connection;
use crate::difference::{Difference, differing_fields};
use crate::error::Error;
use crate::workflow_type::kind_of;

/// The same request was started before.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Repeat {
    /// How the operation has ended; absent while it is open.
    pub outcome: Option<Outcome>,
}

impl Repeat {
    /// An error if the first request was another one, or ended without an outcome.
    pub(crate) async fn of(
        connection: &Connection,
        run_id: &str,
        kind: Kind,
        request: &PaymentRequest,
    ) -> Result<Repeat, Error> {
        // How another request ended says nothing of this one.
        let differs = compare(connection, run_id, kind, request).await?;
        if !differs.is_empty() {
            return Err(Error::OtherRequest {
                request_id: request.request_id.clone(),
                run_id: run_id.to_owned(),
                differs,
            });
        }
        let operation = connection.operation(&request.request_id);
        let outcome = match operation.describe().await?.closed_at {
            Some(_) => Some(operation.result().await?),
            None => None,
        };
        Ok(Repeat { outcome })
    }
}

/// Compares with the first event of the run. That is enough for a run that continues another, since
/// it has the same input.
async fn compare(
    connection: &Connection,
    run_id: &str,
    kind: Kind,
    request: &PaymentRequest,
) -> Result<Vec<Difference>, Error> {
    let place = &connection.place.of(&request.request_id);
    let first = first_event(connection, &request.request_id, run_id).await?;
    let first_kind = first.workflow_type.and_then(|it| kind_of(&it.name));
    let payloads = first.input.map(|input| input.payloads).unwrap_or_default();
    let context = SerializationContextData::Workflow(WorkflowSerializationContext::new());
    let arguments: RawValue = connection
        .client
        .options()
        .data_converter
        .from_payloads(&context, payloads)
        .await
        .map_err(|error| error.at(place))?;
    let input = arguments.payloads.first().map(|payload| &payload.data);
    let fields = differing_fields(input.map_or(&[], Vec::as_slice), request)?;
    let kinds = Difference::of_kinds(first_kind, kind);
    Ok(kinds.into_iter().chain(fields).collect())
}

async fn first_event(
    connection: &Connection,
    request_id: &RequestId,
    run_id: &str,
) -> Result<WorkflowExecutionStartedEventAttributes, Error> {
    let client = &connection.client;
    let request = GetWorkflowExecutionHistoryRequest {
        namespace: client.namespace(),
        execution: Some(WorkflowExecution {
            workflow_id: request_id.workflow_id(),
            run_id: run_id.to_owned(),
        }),
        maximum_page_size: 1,
        ..GetWorkflowExecutionHistoryRequest::default()
    };
    let answer = client
        .connection()
        .workflow_service()
        .get_workflow_execution_history(request.into_request())
        .await
        .map_err(|status| status.at(&connection.place.of(request_id)))?
        .into_inner();
    let events = answer.history.map(|it| it.events).unwrap_or_default();
    match events.into_iter().next().and_then(|it| it.attributes) {
        Some(Attributes::WorkflowExecutionStartedEventAttributes(first)) => Ok(first),
        _ => Err(Error::Unreadable("a history without its start".to_owned())),
    }
}
