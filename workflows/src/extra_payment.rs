//! The price of a ride grew: charge the rider the difference, then have billing record it.

use temporalio_workflow::{WorkflowContext, WorkflowResult};

use crate::contract::outcome::Outcome;
use crate::flow::carry_out::carry_out;
use crate::flow::closing::close;
use crate::flow::finalization::finalize;
use crate::flow::intake::accept;
use crate::operation::submission::FinalState;

payment_workflow! {
    /// Charges an order's card once more.
    pub struct ExtraPayment = "process_extra_payment";
    kind = ExtraPayment;
    recipe = charge;
}

/// Charges the rider; tells billing if, and only if, the money moved.
async fn charge(ctx: &mut WorkflowContext<ExtraPayment>) -> WorkflowResult<Outcome> {
    accept(ctx).await?;
    let final_state = carry_out(ctx).await?;
    let billing_document_id = match &final_state {
        FinalState::Completed(confirmation) => Some(finalize(ctx, confirmation).await?),
        FinalState::Declined { .. }
        | FinalState::Rejected { .. }
        | FinalState::Abandoned { .. } => None,
    };
    Ok(close(ctx, final_state, billing_document_id).await)
}
