//! The last part of a completed extra payment: billing records it, however long that takes.

use temporalio_workflow::{WorkflowContext, WorkflowTermination};

use crate::contract::resolution::{Resolution, ResolutionError};
use crate::contract::state::Phase;
use crate::flow::payment_workflow::{PaymentWorkflow, now};
use crate::flow::steps::{ask, bill};
use crate::flow::waiting::{LastTimer, wait};
use crate::operation::billing::{Billing, BillingStep};
use crate::operation::decision::Billed;
use crate::operation::submission::next_step::Wake;
use crate::operation::verdict::Confirmation;

/// Tells billing until it has recorded the payment; returns billing's document id.
pub(crate) async fn finalize<W: PaymentWorkflow>(
    ctx: &mut WorkflowContext<W>,
    confirmation: &Confirmation,
) -> Result<String, WorkflowTermination> {
    let begun = now(ctx);
    ctx.state_mut(|w| {
        let operation = w.run_state_mut().operation_mut();
        if operation.billing.is_none() {
            operation.billing = Some(Billing::new(begun));
            // The proposal was about the partner's answer, which has arrived.
            operation.proposal = None;
        }
    });
    let mut timer = LastTimer::default();
    loop {
        let to_decide = ctx.state(|w| w.run_state().to_decide());
        match (next_step(ctx), to_decide) {
            // If billing has recorded it meanwhile, there is nothing left to decide.
            (BillingStep::Done(document_id), _) => return Ok(document_id),
            (_, Some(resolution)) => resolve(ctx, confirmation, resolution).await,
            (BillingStep::Record, None) => bill(ctx, confirmation).await,
            (BillingStep::WaitUntil(until), None) => {
                wait(ctx, &mut timer, until, Phase::Finalizing).await?
            }
        }
    }
}

fn next_step<W: PaymentWorkflow>(ctx: &WorkflowContext<W>) -> BillingStep {
    let moment = now(ctx);
    ctx.state(|w| {
        let run = w.run_state();
        let operation = run.operation();
        let billing = operation
            .billing
            .clone()
            .unwrap_or_else(|| Billing::new(moment));
        billing.step(
            moment,
            run.wake(moment) != Wake::Timer,
            &operation.terms.schedule,
        )
    })
}

/// An operator can only confirm what the partner has said: tell billing once more, or name the
/// document that somebody created there by hand.
async fn resolve<W: PaymentWorkflow>(
    ctx: &mut WorkflowContext<W>,
    confirmation: &Confirmation,
    resolution: Resolution,
) {
    let verdict = ask(ctx).await;
    let decision = match resolution.decide_completed(&verdict) {
        Ok(Billed::TellAgain) => {
            bill(ctx, confirmation).await;
            match next_step(ctx) {
                BillingStep::Done(_) => Ok(()),
                _ => {
                    let last_error = ctx.state(|w| w.run_state().last_error.clone());
                    let words = last_error.map(|error| error.words).unwrap_or_default();
                    Err(ResolutionError::NotBilled(words))
                }
            }
        }
        Ok(Billed::ByHand(document_id)) => {
            ctx.state_mut(|w| {
                w.run_state_mut()
                    .operation_mut()
                    .billed_by_hand(document_id)
            });
            Ok(())
        }
        Err(refusal) => Err(refusal),
    };
    ctx.state_mut(|w| w.run_state_mut().decide(decision));
}
