//! The terms of an operation whose run was reset to its first task. That run does not know them,
//! and the configuration may have changed since, so they are read from the run that agreed on them.

use temporalio_client::{
    Client, NamespacedClient, WorkflowExecutionInfo, WorkflowFetchHistoryOptions,
};
use temporalio_common::ActivityDefinition;
use temporalio_common::protos::coresdk::common::extract_local_activity_marker_details;
use temporalio_common::protos::coresdk::external_data::LocalActivityMarkerData;
use temporalio_common::protos::temporal::api::enums::v1::WorkflowTaskFailedCause;
use temporalio_common::protos::temporal::api::history::v1::HistoryEvent;
use temporalio_common::protos::temporal::api::history::v1::history_event::Attributes;
use temporalio_sdk::activities::ActivityContext;
use workflows::activity_definitions::AgreeTerms;
use workflows::operation::terms::TermsDecision;

/// Follows a run that was reset to the one that it was reset from, and so on, until one has terms.
/// None if no run agreed on any, because then none sent anything.
pub(crate) async fn recorded_decision(ctx: &ActivityContext) -> Option<TermsDecision> {
    let workflow_id = ctx.info().workflow_id.clone()?;
    let mut run_id = ctx.info().workflow_run_id.clone()?;
    let client = ctx.client();
    loop {
        let unreadable = |error| TermsDecision::Unreadable(format!("run {run_id}: {error}"));
        let events = match history(&client, &workflow_id, &run_id).await {
            Ok(events) => events,
            Err(error) => return Some(unreadable(error)),
        };
        match events.iter().find_map(decision) {
            Some(Ok(TermsDecision::Agreed(terms))) => return Some(TermsDecision::Agreed(terms)),
            Some(Ok(_)) => return None,
            Some(Err(error)) => return Some(unreadable(error)),
            // A reset copies the events of earlier resets too: the last one names this run's own base.
            None => run_id = events.iter().rev().find_map(reset_from)?,
        }
    }
}

async fn history(
    client: &Client,
    workflow_id: &str,
    run_id: &str,
) -> Result<Vec<HistoryEvent>, String> {
    let run = WorkflowExecutionInfo::builder()
        .namespace(client.namespace())
        .workflow_id(workflow_id)
        .run_id(run_id)
        .build()
        .bind_untyped(client.clone());
    let history = run.fetch_history(WorkflowFetchHistoryOptions::default());
    history
        .into_events()
        .await
        .map_err(|error| error.to_string())
}

/// What the configuration decided, if this event records it.
fn decision(event: &HistoryEvent) -> Option<Result<TermsDecision, String>> {
    let Some(Attributes::MarkerRecordedEventAttributes(marker)) = &event.attributes else {
        return None;
    };
    let (data, result) = extract_local_activity_marker_details(&mut marker.details.clone());
    let LocalActivityMarkerData { activity_type, .. } = data?;
    if activity_type != AgreeTerms.name() {
        return None;
    }
    let payload = result?;
    Some(serde_json::from_slice(&payload.data).map_err(|error| error.to_string()))
}

/// The run that this one was reset from, if this event says so.
fn reset_from(event: &HistoryEvent) -> Option<String> {
    let Some(Attributes::WorkflowTaskFailedEventAttributes(failed)) = &event.attributes else {
        return None;
    };
    let is_reset = failed.cause() == WorkflowTaskFailedCause::ResetWorkflow;
    is_reset.then(|| failed.base_run_id.clone())
}
