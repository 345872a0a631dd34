//! The last part of a completed extra payment: billing records it, however long that takes.

use temporalio_workflow::{WorkflowContext, WorkflowTermination};

use crate::billing::{Billing, BillingStep};
use crate::partner_word::{Confirmation, Word};
use crate::payment_workflow::{PaymentWorkflow, now};
use crate::resolution::{Resolution, ResolutionError, Verdict};
use crate::state::Phase;
use crate::steps::{ask, bill};
use crate::submission::Wake;
use crate::waiting::{LastTimer, wait};

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
            // It was about the partner's word, which is there now.
            operation.proposal = None;
        }
    });
    let mut timer = LastTimer::default();
    loop {
        if let Some(resolution) = ctx.state(|w| w.run_state().to_decide()) {
            resolve(ctx, confirmation, resolution).await;
        }
        match next_step(ctx) {
            BillingStep::Record => bill(ctx, confirmation).await,
            BillingStep::WaitUntil(until) => {
                wait(ctx, &mut timer, until, Phase::Finalizing).await?
            }
            BillingStep::Done(document_id) => return Ok(document_id),
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

/// An operator can only confirm what the partner has said, and have billing told once more.
async fn resolve<W: PaymentWorkflow>(
    ctx: &mut WorkflowContext<W>,
    confirmation: &Confirmation,
    resolution: Resolution,
) {
    let refused = match (ask(ctx).await, resolution.verdict) {
        (Word::Declined { .. }, _) => Some("DECLINED, after COMPLETED".to_owned()),
        (Word::Contradicts(mismatch), _) => Some(mismatch.to_string()),
        (_, Verdict::Completed) => None,
        (_, Verdict::Declined | Verdict::Abandoned) => Some("COMPLETED".to_owned()),
    };
    let decision = match refused {
        Some(word) => Err(ResolutionError::PartnerDiffers(word)),
        None => {
            bill(ctx, confirmation).await;
            match next_step(ctx) {
                BillingStep::Done(_) => Ok(()),
                _ => Err(ResolutionError::NotBilled(
                    ctx.state(|w| w.run_state().last_error.clone())
                        .unwrap_or_default(),
                )),
            }
        }
    };
    ctx.state_mut(|w| w.run_state_mut().decide(decision));
}
