//! Which operations are looked at again, and how that begins.

use temporalio_common::error::{
    ChildWorkflowStartError, StartChildWorkflowExecutionFailedCause::WorkflowAlreadyExists,
};
use temporalio_workflow::{
    ChildWorkflowOptions, ParentClosePolicy, WorkflowCancellationToken, WorkflowContext,
};

use super::incident::Books;
use super::{LookAgain, LookAgainInput};
use crate::contract::outcome::Ending;
use crate::flow::payment_workflow::PaymentWorkflow;
use crate::operation::Operation;
use crate::operation::movement::Movement;
use crate::operation::submission::Settled;

/// Starts looking again at an operation, which itself ends now, where that is due: always at one that
/// was closed by hand, and at a completed one where the configuration asks for it.
pub(crate) async fn look_again<W: PaymentWorkflow>(
    ctx: &WorkflowContext<W>,
    operation: &Operation,
    settled: &Settled,
) {
    if !is_due(operation, settled) {
        return;
    }
    let first = format!("sky-look-again-{}", operation.request.request_id);
    // An earlier run of this request may still be looked at, with another end.
    let other = format!("{first}-{}", ctx.uuid4());
    for workflow_id in [first, other] {
        let options = ChildWorkflowOptions::builder()
            .workflow_id(workflow_id)
            .parent_close_policy(ParentClosePolicy::Abandon)
            .cancellation_token(WorkflowCancellationToken::new())
            .static_summary(format!("looks again at {}", operation.subject().line()))
            .static_details(operation.subject().markdown())
            .build();
        let started = ctx
            .start_child_workflow(LookAgain::run, input(operation, settled), options)
            .await;
        match started {
            Err(ChildWorkflowStartError::StartFailed {
                cause: WorkflowAlreadyExists,
                ..
            }) => {}
            _ => return,
        }
    }
}

fn is_due(operation: &Operation, settled: &Settled) -> bool {
    let completed = matches!(settled, Settled::Completed(_));
    operation.by_hand.is_some() || (completed && operation.terms.schedule.look_again)
}

fn input(operation: &Operation, settled: &Settled) -> LookAgainInput {
    let asked = operation.submission.asked();
    let (ending, moved) = match settled {
        Settled::Completed(confirmation) => (
            Ending::Completed,
            Some(Movement::as_asked(asked, &confirmation.partner_payment_id)),
        ),
        Settled::Declined { .. } => (Ending::Declined, None),
        Settled::Rejected { .. } => (Ending::Rejected, None),
        // Given up over something else than was asked for: that has moved.
        Settled::Abandoned { .. } => (
            Ending::Abandoned,
            operation.last_word.shown().and_then(Movement::of),
        ),
    };
    LookAgainInput {
        call: operation.partner_call(),
        books: Books {
            asked: asked.clone(),
            ending,
            moved,
        },
        schedule: operation.terms.schedule.clone(),
        look_at: None,
        asked_in_vain_since: None,
        incident: None,
    }
}
