//! What the events of a history record about a request.

use temporalio_common::ActivityDefinition;
use temporalio_common::protos::coresdk::common::extract_local_activity_marker_details;
use temporalio_common::protos::coresdk::external_data::LocalActivityMarkerData;
use temporalio_common::protos::temporal::api::enums::v1::WorkflowTaskFailedCause;
use temporalio_common::protos::temporal::api::history::v1::HistoryEvent;
use temporalio_common::protos::temporal::api::history::v1::history_event::Attributes;
use workflows::activity_definitions::{
    AgreeTerms, CompleteMerchantAcquiring, ProcessPaymentReversal,
};
use workflows::operation::activity_input::PartnerCall;
use workflows::operation::partner_report::{Reported, SubmissionReport};
use workflows::operation::terms::{Terms, TermsDecision};

/// The id of the first run of the start that this event begins.
pub(super) fn first_run_id(event: &HistoryEvent) -> Option<String> {
    match &event.attributes {
        Some(Attributes::WorkflowExecutionStartedEventAttributes(it)) => {
            Some(it.first_execution_run_id.clone())
        }
        _ => None,
    }
}

/// The account that this event schedules a submission to.
pub(super) fn submitted_to(event: &HistoryEvent) -> Option<Result<String, String>> {
    let Some(Attributes::ActivityTaskScheduledEventAttributes(it)) = &event.attributes else {
        return None;
    };
    let name = it.activity_type.as_ref()?.name.as_str();
    if name != CompleteMerchantAcquiring.name() && name != ProcessPaymentReversal.name() {
        return None;
    }
    let payload = it.input.as_ref().and_then(|input| input.payloads.first());
    let data = payload.map_or(&[][..], |payload| &payload.data);
    let call = serde_json::from_slice::<PartnerCall>(data);
    Some(
        call.map(|call| call.merchant)
            .map_err(|error| error.to_string()),
    )
}

pub(super) fn goes_on(event: &HistoryEvent) -> bool {
    let attributes = event.attributes.as_ref();
    matches!(
        attributes,
        Some(Attributes::WorkflowExecutionContinuedAsNewEventAttributes(
            _
        ))
    )
}

/// The terms that were agreed on, if this event records some.
pub(super) fn terms(event: &HistoryEvent) -> Option<Result<Box<Terms>, String>> {
    let Some(Attributes::MarkerRecordedEventAttributes(marker)) = &event.attributes else {
        return None;
    };
    let (data, result) = extract_local_activity_marker_details(&mut marker.details.clone());
    let LocalActivityMarkerData { activity_type, .. } = data?;
    if activity_type != AgreeTerms.name() {
        return None;
    }
    let payload = result?;
    match serde_json::from_slice(&payload.data) {
        Ok(TermsDecision::Agreed { terms, .. }) => Some(Ok(terms)),
        Ok(TermsDecision::Refused(_) | TermsDecision::Unreadable(_)) => None,
        Err(error) => Some(Err(error.to_string())),
    }
}

/// The id under which the partner prepared the operation, if this event records it.
pub(super) fn prepared(event: &HistoryEvent) -> Option<Result<String, String>> {
    let Some(Attributes::ActivityTaskCompletedEventAttributes(completed)) = &event.attributes
    else {
        return None;
    };
    let [payload] = completed.result.as_ref()?.payloads.as_slice() else {
        return None;
    };
    // The other activities' results are no submission's report.
    let reported: Reported<SubmissionReport> = serde_json::from_slice(&payload.data).ok()?;
    match reported.report {
        SubmissionReport::Prepared { partner_payment_id } => Some(Ok(partner_payment_id)),
        _ => None,
    }
}

/// The run that this one was reset from, if this event says so.
pub(super) fn reset_from(event: &HistoryEvent) -> Option<String> {
    let Some(Attributes::WorkflowTaskFailedEventAttributes(failed)) = &event.attributes else {
        return None;
    };
    let is_reset = failed.cause() == WorkflowTaskFailedCause::ResetWorkflow;
    is_reset.then(|| failed.base_run_id.clone())
}
