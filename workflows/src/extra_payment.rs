//! The price of a ride grew: charge the rider the difference, then have billing record it.

use temporalio_workflow::{WorkflowContext, WorkflowResult};

use crate::closing::close;
use crate::completion::settle;
use crate::finalization::finalize;
use crate::intake::accept;
use crate::outcome::Outcome;
use crate::payment_workflow::ExtraPayment;
use crate::submission::Settled;

/// Charges the rider; tells billing if, and only if, the money moved.
pub(crate) async fn charge(ctx: &mut WorkflowContext<ExtraPayment>) -> WorkflowResult<Outcome> {
    accept(ctx).await?;
    let settled = settle(ctx).await?;
    let billing_document_id = match &settled {
        Settled::Completed(confirmation) => Some(finalize(ctx, confirmation).await?),
        Settled::Declined { .. } | Settled::Rejected { .. } | Settled::Abandoned { .. } => None,
    };
    Ok(close(ctx, settled, billing_document_id).await)
}
