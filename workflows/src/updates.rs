//! The updates of both workflows. They note what an operator wants and wait until the main
//! routine has done it.

use temporalio_common::data_converters::RawValue;
use temporalio_workflow::WorkflowContext;

use crate::payment_workflow::{PaymentWorkflow, uncancelled};
use crate::resolution::{Resolution, ResolutionError};
use crate::run::Run;
use crate::state::State;

/// Tries at once whatever the run waits to try again; answers with the state after it.
pub(crate) async fn check_now<W: PaymentWorkflow>(ctx: &mut WorkflowContext<W>) -> State {
    let steps = ctx.state_mut(|w| w.run_state_mut().check_now());
    wait_until(ctx, |run| run.has_done(steps)).await;
    ctx.state(|w| w.run_state().state())
}

/// Whether a resolution may be proposed; a refusal leaves no event.
pub(crate) fn may_resolve(run: &Run, argument: &RawValue) -> Result<(), ResolutionError> {
    run.may_propose(&parse(argument)?)
}

/// Has a resolution decided; answers with the state after it.
pub(crate) async fn resolve<W: PaymentWorkflow>(
    ctx: &mut WorkflowContext<W>,
    argument: RawValue,
) -> Result<State, ResolutionError> {
    let resolution = parse(&argument)?;
    // Two proposals in one workflow task have both passed the validator.
    ctx.state_mut(|w| {
        let run = w.run_state_mut();
        run.may_propose(&resolution)?;
        run.propose(resolution);
        Ok::<(), ResolutionError>(())
    })?;
    wait_until(ctx, Run::is_decided).await;
    match ctx.state_mut(|w| w.run_state_mut().take_decision()) {
        Some(Err(refusal)) => Err(refusal),
        _ => Ok(ctx.state(|w| w.run_state().state())),
    }
}

fn parse(argument: &RawValue) -> Result<Resolution, ResolutionError> {
    match argument.payloads.as_slice() {
        [payload] => Resolution::parse(&payload.data),
        _ => Err(ResolutionError::Input(
            "must be one argument, a JSON object".to_owned(),
        )),
    }
}

async fn wait_until<W: PaymentWorkflow>(
    ctx: &WorkflowContext<W>,
    condition: impl Fn(&Run) -> bool,
) {
    // The token is our own and nobody cancels it.
    let _ = ctx
        .wait_condition_with_options(|w| condition(w.run_state()), uncancelled())
        .await;
}
