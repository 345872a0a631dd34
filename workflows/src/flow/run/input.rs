//! What a run begins with: a new operation, or one that another run hands over.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use temporalio_common::data_converters::RawValue;
use temporalio_common::protos::temporal::api::common::v1::Payload;
use temporalio_common::protos::temporal::api::enums::v1::ContinueAsNewInitiator;
use temporalio_workflow::WorkflowContextView;

use crate::contract::cause::LastError;
use crate::contract::ids::RequestId;
use crate::contract::request::{InvalidRequest, PaymentRequest};
use crate::contract::state::Phase;
use crate::operation::Operation;

/// What a run begins with.
pub(crate) enum Intake {
    /// A new operation, or the rule that the input or the start options break.
    Fresh(Result<PaymentRequest, InvalidRequest>),
    /// What the run before this one handed over, or why this code can't read it.
    Continued(Result<Box<Carried>, String>),
}

/// Reads the arguments: one for a new operation; in a run that continues another, the operation so
/// far follows as the second.
pub(crate) fn read_input(ctx: &WorkflowContextView, input: RawValue) -> Intake {
    let payloads = input.payloads;
    // A run that a retry policy or a schedule starts names an earlier run too, but begins anew.
    let initiator = ctx.raw().continued_initiator;
    if initiator == ContinueAsNewInitiator::Workflow as i32 {
        return Intake::Continued(read_carried(&payloads));
    }
    let request = check_start(ctx).and_then(|()| read_request(ctx.workflow_id(), &payloads));
    Intake::Fresh(request)
}

/// A running operation, with what its run noted. No handler runs while it is handed over, so no
/// update is waiting.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Carried {
    /// Including the callbacks of all runs so far.
    #[serde(flatten)]
    pub(crate) operation: Operation,
    pub(super) phase: Phase,
    pub(super) since: Option<Timestamp>,
    pub(super) shown: Option<Phase>,
    pub(super) resting: Option<(Phase, Timestamp)>,
    pub(super) last_error: Option<LastError>,
    pub(super) callback_waiting: bool,
    pub(super) last_callback_check: Option<Timestamp>,
}

/// Refuses options with which Temporal could end or repeat a run while money is on its way.
fn check_start(ctx: &WorkflowContextView) -> Result<(), InvalidRequest> {
    let is_set = |timeout: Option<Duration>| timeout.is_some_and(|timeout| !timeout.is_zero());
    let field = if is_set(ctx.execution_timeout()) {
        "workflow_execution_timeout"
    } else if is_set(ctx.run_timeout()) {
        "workflow_run_timeout"
    } else if ctx.retry_policy().is_some() {
        "retry_policy"
    } else if ctx.cron_schedule().is_some() {
        "cron_schedule"
    } else {
        return Ok(());
    };
    let rule = "must not be set: Temporal would end or repeat the run while money is on its way";
    Err(InvalidRequest::new(field, rule))
}

fn read_carried(payloads: &[Payload]) -> Result<Box<Carried>, String> {
    let [_, carried] = payloads else {
        return Err(format!("it has {} arguments, not 2", payloads.len()));
    };
    serde_json::from_slice(&carried.data).map_err(|error| error.to_string())
}

fn read_request(workflow_id: &str, payloads: &[Payload]) -> Result<PaymentRequest, InvalidRequest> {
    let [payload] = payloads else {
        return Err(InvalidRequest::new(
            "input",
            "must be one argument, a JSON object",
        ));
    };
    if payload.metadata.get("encoding").map(Vec::as_slice) != Some(b"json/plain") {
        return Err(InvalidRequest::new(
            "input",
            "must be encoded as json/plain",
        ));
    }
    let request = PaymentRequest::parse(&payload.data)?;
    match RequestId::of_workflow(workflow_id) {
        Some(id) if id == request.request_id => Ok(request),
        _ => Err(InvalidRequest::new(
            "request_id",
            format!(
                "must be carried out by workflow {}",
                request.request_id.workflow_id()
            ),
        )),
    }
}
