//! Which operations are looked at again, and how that starts.

use temporalio_common::error::{
    ChildWorkflowStartError, StartChildWorkflowExecutionFailedCause::WorkflowAlreadyExists,
};
use temporalio_workflow::{
    ChildWorkflowOptions, ParentClosePolicy, WorkflowCancellationToken, WorkflowContext,
};

use super::LookAgain;
use super::incident::Books;
use super::input::LookAgainInput;
use crate::contract::outcome::Ending;
use crate::flow::payment_workflow::PaymentWorkflow;
use crate::operation::Operation;
use crate::operation::activity_input::PartnerCall;
use crate::operation::movement::Movement;
use crate::operation::submission::FinalState;

/// Starts to look again at an operation that is ending now, where that is due: always if it was
/// closed by hand, and if it was completed only where the configuration says so.
pub(crate) async fn look_again<W: PaymentWorkflow>(
    ctx: &WorkflowContext<W>,
    operation: &Operation,
    final_state: &FinalState,
) {
    if !is_due(operation, final_state) {
        return;
    }
    let first = operation.request.request_id.look_again_id();
    // An earlier run of this request may still be looked at, with another end.
    let other = format!("{first}-{}", ctx.uuid4());
    for workflow_id in [first, other] {
        let options = ChildWorkflowOptions::builder()
            .workflow_id(workflow_id)
            .parent_close_policy(ParentClosePolicy::Abandon)
            .cancellation_token(WorkflowCancellationToken::new())
            .static_summary(format!("looks again at {}", operation.summary().line()))
            .static_details(operation.summary().markdown())
            .build();
        let started = ctx
            .start_child_workflow(LookAgain::run, input(operation, final_state), options)
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

fn is_due(operation: &Operation, final_state: &FinalState) -> bool {
    let completed = matches!(final_state, FinalState::Completed(_));
    let looks_again =
        operation.terms.schedule.look_again || operation.terms.promises.may_flip_for.is_some();
    operation.by_hand.is_some() || (completed && looks_again)
}

fn input(operation: &Operation, final_state: &FinalState) -> LookAgainInput {
    let asked = operation.submission.asked();
    let (ending, moved) = match final_state {
        FinalState::Completed(confirmation) => (
            Ending::Completed,
            Some(Movement::as_asked(asked, &confirmation.partner_payment_id)),
        ),
        FinalState::Declined { .. } => (Ending::Declined, None),
        FinalState::Rejected { .. } => (Ending::Rejected, None),
        // It was given up because something else than requested had moved.
        FinalState::Abandoned { .. } => (
            Ending::Abandoned,
            operation.last_answer.shown().and_then(Movement::of),
        ),
    };
    LookAgainInput {
        call: PartnerCall {
            known_in: None,
            ..operation.partner_call()
        },
        books: Books {
            asked: asked.clone(),
            ending,
            moved,
        },
        schedule: operation.terms.schedule.clone(),
        may_flip_for: operation.terms.promises.may_flip_for,
        until: None,
        due: None,
        look_at: None,
        woken: false,
        woken_look: None,
        asked_in_vain_since: None,
        incident: None,
    }
}
