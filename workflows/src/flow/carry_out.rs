//! The part that both workflows share: from an agreed operation to its end with the partner. The
//! run waits for a callback or a timer, whichever comes first, and then asks the partner. A lost
//! callback is therefore no special case.

use temporalio_workflow::{WorkflowContext, WorkflowTermination};

use crate::contract::resolution::Resolution;
use crate::contract::state::Phase;
use crate::flow::intake::give_way_to_cancellation;
use crate::flow::payment_workflow::{PaymentWorkflow, now};
use crate::flow::steps::{ask, submit};
use crate::flow::waiting::{LastTimer, wait};
use crate::operation::submission::FinalState;
use crate::operation::submission::next_step::Step;

/// Submits and asks as the state machine decides, until the operation is final.
pub(crate) async fn carry_out<W: PaymentWorkflow>(
    ctx: &mut WorkflowContext<W>,
) -> Result<FinalState, WorkflowTermination> {
    let mut timer = LastTimer::default();
    loop {
        let moment = now(ctx);
        let (step, phase) = ctx.state(|w| {
            let run = w.run_state();
            let operation = run.operation();
            let step = operation.submission.step(
                &run.run_id,
                moment,
                run.wake(moment),
                &operation.terms.schedule,
            );
            let nothing_sent = operation.submission.nothing_sent();
            (
                step,
                if nothing_sent {
                    Phase::Submitting
                } else {
                    Phase::AwaitingCompletion
                },
            )
        });
        give_way_to_cancellation(ctx)?;
        let to_decide = ctx.state(|w| w.run_state().to_decide());
        match (step, to_decide) {
            // If the operation has ended meanwhile, there is nothing left to decide.
            (Step::Done(final_state), _) => return Ok(final_state),
            (_, Some(resolution)) => resolve(ctx, resolution).await,
            (Step::Submit, None) => submit(ctx).await,
            (Step::Ask, None) => {
                ask(ctx).await;
            }
            (Step::WaitUntil(until), None) => wait(ctx, &mut timer, until, phase).await?,
        }
    }
}

/// Decides an operator's resolution by the partner's answer; asks for it first.
async fn resolve<W: PaymentWorkflow>(ctx: &mut WorkflowContext<W>, resolution: Resolution) {
    let asked_at = now(ctx);
    let verdict = ask(ctx).await;
    ctx.state_mut(|w| {
        let run = w.run_state_mut();
        let operation = run.operation_mut();
        let schedule = &operation.terms.schedule;
        let decision = resolution.decide(&operation.submission, &verdict, asked_at, schedule);
        let decision = decision.map(|final_state| operation.submission.close(final_state));
        run.decide(decision);
    });
}
