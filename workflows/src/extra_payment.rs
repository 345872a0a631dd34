//! The price of a ride grew: charge the rider the difference, then have billing record it.

#![expect(missing_docs, reason = "the macros make constants that carry no docs")]

use std::error::Error;

use temporalio_common::data_converters::RawValue;
use temporalio_macros::{workflow, workflow_methods};
use temporalio_workflow::{
    SyncWorkflowContext, WorkflowContext, WorkflowContextView, WorkflowResult,
};

use crate::completion::settle;
use crate::finalization::finalize;
use crate::intake::accept;
use crate::notice::{Observer, tell};
use crate::outcome::Outcome;
use crate::partner_word::Kind;
use crate::payment_workflow::PaymentWorkflow;
use crate::run::Run;
use crate::state::State;
use crate::submission::Settled;
use crate::updates;
use crate::waiting::close;

/// Charges an order's card once more.
#[workflow]
pub struct ExtraPayment {
    run: Run,
}

#[workflow_methods]
impl ExtraPayment {
    #[init]
    fn new(ctx: &WorkflowContextView, input: RawValue) -> Self {
        ExtraPayment {
            run: Run::new(ctx, input),
        }
    }

    /// Charges the rider; tells billing if, and only if, the money moved.
    #[run(name = "process_extra_payment")]
    pub async fn run(ctx: &mut WorkflowContext<Self>) -> WorkflowResult<Outcome> {
        accept(ctx).await?;
        let settled = settle(ctx).await?;
        let billing_document_id = match &settled {
            Settled::Completed(confirmation) => Some(finalize(ctx, confirmation).await?),
            Settled::Declined { .. } | Settled::Rejected { .. } | Settled::Abandoned { .. } => None,
        };
        Ok(close(ctx, settled, billing_document_id).await)
    }

    /// Something happened at the partner: ask it now.
    #[signal]
    pub fn payment_completed(&mut self, ctx: &mut SyncWorkflowContext<Self>, _: RawValue) {
        let callback = self.run.payment_completed();
        tell(ctx.context_value::<Observer>(), &callback);
    }

    /// Where the operation is.
    #[query]
    pub fn state(&self, _: &WorkflowContextView, _: RawValue) -> State {
        self.run.state()
    }

    /// Tries at once whatever waits to be tried again.
    #[update]
    pub async fn check_now(ctx: &mut WorkflowContext<Self>, _: RawValue) -> State {
        updates::check_now(ctx).await
    }

    /// Closes an operation that needs attention by an operator's word, or proposes to where it
    /// takes two.
    #[update]
    pub async fn resolve(
        ctx: &mut WorkflowContext<Self>,
        argument: RawValue,
    ) -> Result<State, Box<dyn Error + Send + Sync>> {
        Ok(updates::resolve(ctx, argument).await?)
    }

    #[update_validator(resolve)]
    fn may_resolve(
        &self,
        _: &WorkflowContextView,
        argument: &RawValue,
    ) -> Result<(), Box<dyn Error + Send + Sync>> {
        Ok(updates::may_resolve(&self.run, argument)?)
    }

    /// Closes it as another operator has proposed.
    #[update]
    pub async fn approve_resolution(
        ctx: &mut WorkflowContext<Self>,
        argument: RawValue,
    ) -> Result<State, Box<dyn Error + Send + Sync>> {
        Ok(updates::approve(ctx, argument).await?)
    }

    #[update_validator(approve_resolution)]
    fn may_approve(
        &self,
        _: &WorkflowContextView,
        argument: &RawValue,
    ) -> Result<(), Box<dyn Error + Send + Sync>> {
        Ok(updates::may_approve(&self.run, argument)?)
    }

    /// Takes back what is proposed.
    #[update]
    pub async fn withdraw_resolution(
        ctx: &mut WorkflowContext<Self>,
        argument: RawValue,
    ) -> Result<State, Box<dyn Error + Send + Sync>> {
        Ok(updates::withdraw(ctx, argument)?)
    }

    #[update_validator(withdraw_resolution)]
    fn may_withdraw(
        &self,
        _: &WorkflowContextView,
        argument: &RawValue,
    ) -> Result<(), Box<dyn Error + Send + Sync>> {
        Ok(updates::may_withdraw(&self.run, argument)?)
    }
}

impl PaymentWorkflow for ExtraPayment {
    const KIND: Kind = Kind::ExtraPayment;

    fn run_state(&self) -> &Run {
        &self.run
    }

    fn run_state_mut(&mut self) -> &mut Run {
        &mut self.run
    }
}
