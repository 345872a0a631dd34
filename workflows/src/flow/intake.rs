//! From the input to an operation on agreed terms, or to the refusal that `docs/contract.md`
//! requires.

use std::time::Duration;

use jiff::Timestamp;
use temporalio_common::{RetryPolicy, error::ApplicationFailure};
use temporalio_workflow::{
    LocalActivityOptions, WorkflowCancellationToken, WorkflowContext, WorkflowTermination,
};

use crate::activity_definitions::AgreeTerms;
use crate::contract::cause::{Cause, LastError};
use crate::contract::request::InvalidRequest;
use crate::contract::search_attributes::PHASE;
use crate::contract::state::Phase;
use crate::flow::details;
use crate::flow::payment_workflow::{PaymentWorkflow, hold_time, now};
use crate::flow::run::input::Intake;
use crate::operation::Operation;
use crate::operation::terms::{TermsDecision, TermsInput};

/// Gives the run its operation. Fails the run as the contract says if the input breaks a rule.
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
        kind: W::KIND,
        request: request.clone(),
        was_reset: ctx.state(|w| !w.run_state().is_first),
        now: now(ctx),
    };
    let decision = ctx
        .execute_local_activity(AgreeTerms, input, in_this_process())
        .await;
    let (terms, agreed_at) = match decision {
        Ok(TermsDecision::Agreed { terms, at }) => (*terms, at),
        Ok(TermsDecision::Refused(invalid)) => return Err(refuse(ctx, invalid)),
        Err(error) => {
            let words = "which account it has can't be decided";
            return Err(fail_task(ctx, format!("{words}: {error}")));
        }
        Ok(TermsDecision::Unreadable(reason)) => {
            let words = "money may have moved in an earlier run, on terms that can't be read";
            return Err(fail_task(ctx, format!("{words}: {reason}")));
        }
    };
    hold_time(ctx, agreed_at);
    give_way_to_cancellation(ctx)?;
    let info = ctx.info();
    let first_run_id = info.first_execution_run_id();
    // The time of the first event, which a reset copies.
    let started_at = info.raw().start_time.as_ref();
    let started_at = started_at.and_then(|it| Timestamp::new(it.seconds, it.nanos).ok());
    let operation = Operation::new(W::KIND, request, terms, first_run_id, agreed_at)
        .with_start(started_at.unwrap_or(Timestamp::UNIX_EPOCH));
    ctx.state_mut(|w| w.run_state_mut().operation = Some(operation));
    Ok(())
}

/// Money may have moved in the run before, so this one must not end: its workflow task fails, and
/// is retried until the code or the configuration has changed.
fn fail_task<W: PaymentWorkflow>(ctx: &WorkflowContext<W>, problem: String) -> WorkflowTermination {
    ctx.force_task_fail(problem);
    WorkflowTermination::cancelled()
}

/// Ends the run if cancellation was requested and no money can be on its way.
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

/// Ends without an operation. The search attribute of the phase may have been set at the start.
fn close_early<W: PaymentWorkflow>(ctx: &WorkflowContext<W>, error: Option<LastError>) {
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
    let error = LastError::new(Cause::InvalidRequest, invalid.to_string());
    close_early(ctx, Some(error));
    ApplicationFailure::builder(invalid.clone())
        .type_name(InvalidRequest::FAILURE_TYPE.to_owned())
        .details(invalid)
        .non_retryable(true)
        .build()
        .into()
}

/// The decision needs no system other than Temporal, which has what other runs recorded. So a local
/// activity records it as one event.
fn in_this_process() -> LocalActivityOptions {
    LocalActivityOptions::builder()
        .start_to_close_timeout(Duration::from_secs(30))
        .retry_policy(RetryPolicy::default())
        .cancellation_token(WorkflowCancellationToken::new())
        .summary("which account, which schedule".to_owned())
        .build()
}
