//! The part that both workflows share: from an agreed operation to its end with the partner. A
//! callback or the timer, whichever comes first, then ask; a lost callback is no special case.

use temporalio_workflow::{WorkflowContext, WorkflowTermination};

use crate::contract::resolution::Resolution;
use crate::contract::state::Phase;
use crate::flow::intake::give_way_to_cancellation;
use crate::flow::payment_workflow::{PaymentWorkflow, now};
use crate::flow::steps::{ask, submit};
use crate::flow::waiting::{LastTimer, wait};
use crate::operation::submission::{Settled, Step};

/// Submits and asks as the state machine says, until the operation is settled.
pub(crate) async fn settle<W: PaymentWorkflow>(
    ctx: &mut WorkflowContext<W>,
) -> Result<Settled, WorkflowTermination> {
    let mut timer = LastTimer::default();
    loop {
        let moment = now(ctx);
        let (step, phase) = ctx.state(|w| {
            let run = w.run_state();
            let operation = run.operation();
            let step =
                operation
                    .submission
                    .step(moment, run.wake(moment), &operation.terms.schedule);
            let clear = operation.submission.is_clear();
            (
                step,
                if clear {
                    Phase::Submitting
                } else {
                    Phase::AwaitingCompletion
                },
            )
        });
        give_way_to_cancellation(ctx)?;
        let to_decide = ctx.state(|w| w.run_state().to_decide());
        match (step, to_decide) {
            // An end that came meanwhile leaves nothing to decide.
            (Step::Done(settled), _) => return Ok(settled),
            (_, Some(resolution)) => resolve(ctx, resolution).await,
            (Step::Submit, None) => submit(ctx).await,
            (Step::Ask, None) => {
                ask(ctx).await;
            }
            (Step::WaitUntil(until), None) => wait(ctx, &mut timer, until, phase).await?,
        }
    }
}

/// Decides an operator's resolution by the partner's word, which is asked for first.
async fn resolve<W: PaymentWorkflow>(ctx: &mut WorkflowContext<W>, resolution: Resolution) {
    let asked_at = now(ctx);
    let word = ask(ctx).await;
    ctx.state_mut(|w| {
        let run = w.run_state_mut();
        let operation = run.operation_mut();
        let schedule = &operation.terms.schedule;
        let decision = resolution.decide(&operation.submission, &word, asked_at, schedule);
        let decision = decision.map(|settled| operation.submission.close(settled));
        run.decide(decision);
    });
}
