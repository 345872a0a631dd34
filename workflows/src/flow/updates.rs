//! The updates of both workflows. They note what an operator wants and wait until the main
//! routine has done it.

use temporalio_common::data_converters::RawValue;
use temporalio_workflow::WorkflowContext;

use crate::contract::approval::{Approval, Withdrawal};
use crate::contract::resolution::{Resolution, ResolutionError};
use crate::contract::state::State;
use crate::flow::details;
use crate::flow::payment_workflow::{PaymentWorkflow, now, uncancelled};
use crate::flow::run::Run;

/// Tries at once what the run waits to try again; answers with the state after it.
pub(crate) async fn check_now<W: PaymentWorkflow>(ctx: &mut WorkflowContext<W>) -> State {
    let steps = ctx.state_mut(|w| w.run_state_mut().check_now());
    wait_until(ctx, |run| run.has_done(steps)).await;
    state(ctx)
}

/// Checks whether it may be resolved now; a refusal leaves no event.
pub(crate) fn may_resolve(run: &Run, argument: &RawValue) -> Result<(), ResolutionError> {
    run.may_resolve(&parse(argument, Resolution::parse)?)?;
    run.knows_for_itself()
}

/// Passes on a resolution for decision, or keeps it for another operator's approval if the terms
/// require one; answers with the state after it.
pub(crate) async fn resolve<W: PaymentWorkflow>(
    ctx: &mut WorkflowContext<W>,
    argument: RawValue,
) -> Result<State, ResolutionError> {
    let resolution = parse(&argument, Resolution::parse)?;
    let moment = now(ctx);
    // Two updates in one workflow task both pass the validator.
    ctx.state_mut(|w| {
        let run = w.run_state_mut();
        run.may_resolve(&resolution)?;
        run.resolve(resolution, moment);
        Ok::<(), ResolutionError>(())
    })?;
    match ctx.state(|w| w.run_state().to_decide()) {
        Some(_) => decision(ctx).await,
        None => Ok(shown(ctx)),
    }
}

/// Checks whether the proposal may be approved now; a refusal leaves no event.
pub(crate) fn may_approve(run: &Run, argument: &RawValue) -> Result<(), ResolutionError> {
    run.may_approve(&parse(argument, Approval::parse)?)?;
    run.knows_for_itself()
}

/// Passes on the proposed resolution for decision; answers with the state after it.
pub(crate) async fn approve<W: PaymentWorkflow>(
    ctx: &mut WorkflowContext<W>,
    argument: RawValue,
) -> Result<State, ResolutionError> {
    let approval = parse(&argument, Approval::parse)?;
    ctx.state_mut(|w| {
        let run = w.run_state_mut();
        run.may_approve(&approval)?;
        run.approve(approval);
        Ok::<(), ResolutionError>(())
    })?;
    decision(ctx).await
}

/// Checks whether there is a proposal to withdraw; a refusal leaves no event.
pub(crate) fn may_withdraw(run: &Run, argument: &RawValue) -> Result<(), ResolutionError> {
    parse(argument, Withdrawal::parse)?;
    run.may_withdraw()
}

/// Withdraws the proposed resolution; answers with the state after it.
pub(crate) fn withdraw<W: PaymentWorkflow>(
    ctx: &mut WorkflowContext<W>,
    argument: RawValue,
) -> Result<State, ResolutionError> {
    parse(&argument, Withdrawal::parse)?;
    ctx.state_mut(|w| {
        let run = w.run_state_mut();
        run.may_withdraw()?;
        run.withdraw();
        Ok::<(), ResolutionError>(())
    })?;
    Ok(shown(ctx))
}

async fn decision<W: PaymentWorkflow>(
    ctx: &mut WorkflowContext<W>,
) -> Result<State, ResolutionError> {
    wait_until(ctx, Run::is_decided).await;
    match ctx.state_mut(|w| w.run_state_mut().take_decision()) {
        Some(Err(refusal)) => Err(refusal),
        _ => Ok(state(ctx)),
    }
}

/// The main routine keeps sleeping, so what it shows to operators is refreshed here.
fn shown<W: PaymentWorkflow>(ctx: &WorkflowContext<W>) -> State {
    details::show(ctx);
    state(ctx)
}

fn state<W: PaymentWorkflow>(ctx: &WorkflowContext<W>) -> State {
    let moment = now(ctx);
    ctx.state(|w| w.run_state().state(moment))
}

fn parse<T>(
    argument: &RawValue,
    read: fn(&[u8]) -> Result<T, ResolutionError>,
) -> Result<T, ResolutionError> {
    match argument.payloads.as_slice() {
        [payload] => read(&payload.data),
        _ => Err(ResolutionError::Input(
            "must be one argument, a JSON object".to_owned(),
        )),
    }
}

async fn wait_until<W: PaymentWorkflow>(
    ctx: &WorkflowContext<W>,
    condition: impl Fn(&Run) -> bool,
) {
    // The token is our own, and nobody cancels it.
    let _ = ctx
        .wait_condition_with_options(|w| condition(w.run_state()), uncancelled())
        .await;
}
