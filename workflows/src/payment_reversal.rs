//! An order was cancelled or overcharged: refund it, in full or in part.

use temporalio_workflow::{WorkflowContext, WorkflowResult};

use crate::contract::outcome::Outcome;
use crate::flow::carry_out::carry_out;
use crate::flow::closing::close;
use crate::flow::intake::accept;

payment_workflow! {
    /// Refunds money of an order to the card that it was paid with.
    pub struct PaymentReversal = "process_payment_reversal";
    kind = PaymentReversal;
    recipe = give_back;
}

/// Refunds the money. Billing is never told of a reversal.
async fn give_back(ctx: &mut WorkflowContext<PaymentReversal>) -> WorkflowResult<Outcome> {
    accept(ctx).await?;
    let final_state = carry_out(ctx).await?;
    Ok(close(ctx, final_state, None).await)
}
