//! An order was cancelled or overcharged: give its money back, all of it or a part.

use temporalio_workflow::{WorkflowContext, WorkflowResult};

use crate::closing::close;
use crate::completion::settle;
use crate::intake::accept;
use crate::outcome::Outcome;
use crate::payment_workflow::PaymentReversal;

/// Gives the money back. Billing is never told of a reversal.
pub(crate) async fn give_back(
    ctx: &mut WorkflowContext<PaymentReversal>,
) -> WorkflowResult<Outcome> {
    accept(ctx).await?;
    let settled = settle(ctx).await?;
    Ok(close(ctx, settled, None).await)
}
