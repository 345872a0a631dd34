//! From the input to an operation on agreed terms, or to the refusal that the contract wants.

use std::time::Duration;

use temporalio_common::data_converters::RawValue;
use temporalio_common::protos::temporal::api::common::v1::Payload;
use temporalio_common::{RetryPolicy, error::ApplicationFailure};
use temporalio_workflow::{
    LocalActivityOptions, WorkflowCancellationToken, WorkflowContext, WorkflowContextView,
    WorkflowTermination,
};

use crate::activity_definitions::AgreeTerms;
use crate::details;
use crate::ids::RequestId;
use crate::operation::Operation;
use crate::payment_workflow::{PaymentWorkflow, now};
use crate::request::{InvalidRequest, PaymentRequest};
use crate::search_attributes::PHASE;
use crate::state::Phase;
use crate::terms::TermsDecision;

/// What a run begins with.
pub(crate) enum Intake {
    /// A new operation, or the rule that its input breaks.
    Fresh(Result<PaymentRequest, InvalidRequest>),
    /// The operation of the run before this one.
    Continued(Box<Operation>),
}

/// Reads the arguments: one for a new operation, and the operation so far behind it in a run that
/// continues another.
pub(crate) fn read_input(ctx: &WorkflowContextView, input: RawValue) -> Intake {
    let payloads = input.payloads;
    if ctx.continued_from_run_id().is_some()
        && let [_, carried] = payloads.as_slice()
        && let Ok(operation) = serde_json::from_slice(&carried.data)
    {
        return Intake::Continued(Box::new(operation));
    }
    Intake::Fresh(read_request(ctx.workflow_id(), &payloads))
}

/// Leaves the run with an operation. Fails it by the contract when the input breaks a rule, and
/// cancels it when that was asked for before anything was scheduled toward the partner.
pub(crate) async fn accept<W: PaymentWorkflow>(
    ctx: &mut WorkflowContext<W>,
) -> Result<(), WorkflowTermination> {
    let request = match ctx.state_mut(|w| w.run_state_mut().intake.take()) {
        Some(Intake::Fresh(Ok(request))) => request,
        Some(Intake::Fresh(Err(invalid))) => return Err(refuse(ctx, invalid)),
        Some(Intake::Continued(operation)) => {
            ctx.state_mut(|w| w.run_state_mut().operation = Some(*operation));
            return Ok(());
        }
        None => return Ok(()),
    };
    give_way_to_cancellation(ctx)?;
    let decision = ctx
        .execute_local_activity(AgreeTerms, request.clone(), in_this_process())
        .await;
    let terms = match decision {
        Ok(TermsDecision::Agreed(terms)) => terms,
        Ok(TermsDecision::Refused(invalid)) => return Err(refuse(ctx, invalid)),
        Err(error) => return Err(error.into()),
    };
    give_way_to_cancellation(ctx)?;
    let operation = Operation::new(W::KIND, request, terms, now(ctx));
    ctx.state_mut(|w| w.run_state_mut().operation = Some(operation));
    Ok(())
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

fn give_way_to_cancellation<W: PaymentWorkflow>(
    ctx: &WorkflowContext<W>,
) -> Result<(), WorkflowTermination> {
    if ctx.cancellation_token().is_cancelled() {
        close_early(ctx, None);
        return Err(WorkflowTermination::cancelled());
    }
    Ok(())
}

/// An end without an operation. Whoever started it may have given it a phase to be found by.
fn close_early<W: PaymentWorkflow>(ctx: &WorkflowContext<W>, error: Option<String>) {
    let moment = now(ctx);
    ctx.state_mut(|w| {
        let run = w.run_state_mut();
        run.enter(Phase::Closed, moment);
        run.last_error = error;
    });
    details::show(ctx);
    if ctx.search_attributes().get(&PHASE).is_some() {
        ctx.upsert_search_attributes([PHASE.value_set(Phase::Closed.as_str().to_owned())]);
    }
}

fn refuse<W: PaymentWorkflow>(
    ctx: &WorkflowContext<W>,
    invalid: InvalidRequest,
) -> WorkflowTermination {
    close_early(ctx, Some(invalid.to_string()));
    ApplicationFailure::builder(invalid.clone())
        .type_name(InvalidRequest::FAILURE_TYPE.to_owned())
        .details(invalid)
        .non_retryable(true)
        .build()
        .into()
}

/// The decision reads the worker's configuration and nothing else: a local activity records it as
/// one event.
fn in_this_process() -> LocalActivityOptions {
    LocalActivityOptions::builder()
        .start_to_close_timeout(Duration::from_secs(5))
        .retry_policy(RetryPolicy::default())
        .cancellation_token(WorkflowCancellationToken::new())
        .summary("which account, which schedule".to_owned())
        .build()
}
