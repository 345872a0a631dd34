//! An order was cancelled or overcharged: give its money back, all of it or a part.

use temporalio_workflow::{WorkflowContext, WorkflowResult};

use crate::contract::outcome::Outcome;
use crate::flow::carry_out::carry_out;
use crate::flow::closing::close;
use crate::flow::intake::accept;

payment_workflow! {
    /// Gives money of an order back to the card it was paid with.
    pub struct PaymentReversal = "process_payment_reversal";
    kind = PaymentReversal;
    recipe = give_back;
}

/// Gives the money back. Billing is never told of a reversal.
async fn give_back(ctx: &mut WorkflowContext<PaymentReversal>) -> WorkflowResult<Outcome> {
    accept(ctx).await?;
    let final_state = carry_out(ctx).await?;
    Ok(close(ctx, final_state, None).await)
}
