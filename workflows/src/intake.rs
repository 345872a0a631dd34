//! From the input to an operation on agreed terms, or to the refusal that `docs/contract.md` asks for.

use std::time::Duration;

use temporalio_common::data_converters::RawValue;
use temporalio_common::protos::temporal::api::common::v1::Payload;
use temporalio_common::protos::temporal::api::enums::v1::ContinueAsNewInitiator;
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
use crate::run::Carried;
use crate::search_attributes::PHASE;
use crate::state::Phase;
use crate::terms::{TermsDecision, TermsInput};

/// What a run begins with.
pub(crate) enum Intake {
    /// A new operation, or the rule that its input or its start breaks.
    Fresh(Result<PaymentRequest, InvalidRequest>),
    /// What the run before this one handed over, or why this code can't read it.
    Continued(Result<Box<Carried>, String>),
}

/// Reads the arguments: one for a new operation, and the operation so far behind it in a run that
/// continues another.
pub(crate) fn read_input(ctx: &WorkflowContextView, input: RawValue) -> Intake {
    let payloads = input.payloads;
    // A run that repeats another by a retry policy or a schedule names one too, and begins anew.
    let initiator = ctx.raw().continued_initiator;
    if initiator == ContinueAsNewInitiator::Workflow as i32 {
        return Intake::Continued(read_carried(&payloads));
    }
    let request = check_start(ctx).and_then(|()| read_request(ctx.workflow_id(), &payloads));
    Intake::Fresh(request)
}

/// Leaves the run with an operation. Fails it by the contract when the input breaks a rule.
pub(crate) async fn accept<W: PaymentWorkflow>(
    ctx: &mut WorkflowContext<W>,
) -> Result<(), WorkflowTermination> {
    let request = match ctx.state_mut(|w| w.run_state_mut().intake.take()) {
        Some(Intake::Fresh(Ok(request))) => request,
        Some(Intake::Fresh(Err(invalid))) => return Err(refuse(ctx, invalid)),
        Some(Intake::Continued(Err(problem))) => {
            let words =
                "this version can't read what the run before carried over; deploy one that can";
            return Err(fail_task(ctx, format!("{words}: {problem}")));
        }
        Some(Intake::Continued(Ok(_))) | None => return Ok(()),
    };
    give_way_to_cancellation(ctx)?;
    let input = TermsInput {
        request: request.clone(),
        was_reset: ctx.state(|w| !w.run_state().is_first()),
    };
    let decision = ctx
        .execute_local_activity(AgreeTerms, input, in_this_process())
        .await;
    let terms = match decision? {
        TermsDecision::Agreed(terms) => terms,
        TermsDecision::Refused(invalid) => return Err(refuse(ctx, invalid)),
        TermsDecision::Unreadable(reason) => {
            let words = "this run was reset, and money may have moved on terms that can't be read";
            return Err(fail_task(ctx, format!("{words}: {reason}")));
        }
    };
    give_way_to_cancellation(ctx)?;
    let info = ctx.info();
    let first_run_id = info.first_execution_run_id();
    let operation = Operation::new(W::KIND, request, terms, first_run_id, now(ctx));
    ctx.state_mut(|w| w.run_state_mut().operation = Some(operation));
    Ok(())
}

/// A run that Temporal would end or repeat by itself could do so while money is on its way.
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

/// Money may have moved in the run before, so this one must not end: its workflow task fails, and is
/// tried again until the code or the configuration is another one.
fn fail_task<W: PaymentWorkflow>(ctx: &WorkflowContext<W>, problem: String) -> WorkflowTermination {
    ctx.force_task_fail(problem);
    WorkflowTermination::cancelled()
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

/// Ends the run where that was asked for and nothing can be on its way.
pub(crate) fn give_way_to_cancellation<W: PaymentWorkflow>(
    ctx: &WorkflowContext<W>,
) -> Result<(), WorkflowTermination> {
    let may_be_cancelled = ctx.state(|w| w.run_state().may_be_cancelled());
    if may_be_cancelled && ctx.cancellation_token().is_cancelled() {
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

/// The decision takes no other system than Temporal: a local activity records it as one event.
fn in_this_process() -> LocalActivityOptions {
    LocalActivityOptions::builder()
        .start_to_close_timeout(Duration::from_secs(5))
        .retry_policy(RetryPolicy::default())
        .cancellation_token(WorkflowCancellationToken::new())
        .summary("which account, which schedule".to_owned())
        .build()
}
