//! The end of a run. Once it is closing, it accepts no more updates, and answers every waiting one
//! before it ends: an unanswered update would keep the run open for ever.

use temporalio_workflow::{WorkflowContext, WorkflowResult, WorkflowTermination};

use crate::contract::outcome::Outcome;
use crate::flow::details;
use crate::flow::event::{Event, Observer, emit};
use crate::flow::payment_workflow::{PaymentWorkflow, now, uncancelled};
use crate::flow::waiting::show;
use crate::look_again::start::look_again;
use crate::operation::submission::FinalState;

/// Closes the operation, shows how it ended, and starts looking again where that is due.
pub(crate) async fn close<W: PaymentWorkflow>(
    ctx: &mut WorkflowContext<W>,
    final_state: FinalState,
    billing_document_id: Option<String>,
) -> Outcome {
    let ended = now(ctx);
    // This comes before the first await: updates can arrive during the awaits below.
    let (operation, outcome) = ctx.state_mut(|w| {
        let run = w.run_state_mut();
        run.close(ended);
        run.last_error = None;
        let operation = run.operation().clone();
        let outcome = Outcome::new(
            operation.request.clone(),
            operation.terms.merchant.clone(),
            final_state.clone(),
            billing_document_id,
            operation.by_hand.clone(),
        );
        run.ending = Some(outcome.outcome);
        (operation, outcome)
    });
    details::show(ctx);
    show(ctx, Some(outcome.outcome));
    let closed = Event::Closed {
        kind: W::KIND,
        outcome: Box::new(outcome.clone()),
    };
    emit(ctx.context_value::<Observer>(), &closed);
    look_again(ctx, &operation, &final_state).await;
    outcome
}

/// Returns the recipe's result once every waiting update has its answer.
pub(crate) async fn when_all_are_answered<W: PaymentWorkflow>(
    ctx: &mut WorkflowContext<W>,
    end: WorkflowResult<Outcome>,
) -> WorkflowResult<Outcome> {
    if !matches!(end, Err(WorkflowTermination::ContinueAsNew(_))) {
        let moment = now(ctx);
        ctx.state_mut(|w| w.run_state_mut().close(moment));
    }
    let answered =
        ctx.wait_condition_with_options(|_: &W| ctx.all_handlers_finished(), uncancelled());
    // The token is our own, and nobody cancels it.
    let _ = answered.await;
    end
}
