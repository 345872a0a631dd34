//! The two workflows, as far as they are the same: the signal, the query, the updates, and what the
//! steps need of them. What differs is each one's main routine.

#![expect(missing_docs, reason = "the macros make constants that carry no docs")]

use std::error::Error;

use jiff::Timestamp;
use temporalio_common::WorkflowDefinition;
use temporalio_common::data_converters::RawValue;
use temporalio_macros::{workflow, workflow_methods};
use temporalio_workflow::workflows::WorkflowImplementation;
use temporalio_workflow::{
    SyncWorkflowContext, WaitConditionOptions, WorkflowCancellationToken, WorkflowContext,
    WorkflowContextView, WorkflowResult,
};

use crate::closing::when_all_are_answered;
use crate::extra_payment::charge;
use crate::notice::{Observer, tell};
use crate::outcome::Outcome;
use crate::partner_word::Kind;
use crate::payment_reversal::give_back;
use crate::run::Run;
use crate::state::State;
use crate::updates;

/// A workflow that carries out one operation of its kind.
///
/// Its input is taken raw: an argument that does not decode would fail every workflow task for
/// ever, where `docs/contract.md` has the workflow fail and say why.
pub trait PaymentWorkflow:
    WorkflowImplementation<Run: WorkflowDefinition<Input = RawValue>>
{
    /// What it carries out.
    const KIND: Kind;

    /// The run's state.
    fn run_state(&self) -> &Run;

    /// The run's state, to be changed.
    fn run_state_mut(&mut self) -> &mut Run;
}

/// Why an update was refused, as the SDK wants it.
type Refusal = Box<dyn Error + Send + Sync>;

/// A workflow of this name with the handlers that both have. The SDK's macros want all that a workflow
/// does in one `impl`.
macro_rules! payment_workflow {
    (
        $(#[$doc:meta])*
        pub struct $workflow:ident = $name:literal;
        const KIND: Kind = $kind:expr;
        run = $main:path;
    ) => {
        $(#[$doc])*
        #[workflow]
        pub struct $workflow {
            run: Run,
        }

        #[workflow_methods]
        impl $workflow {
            #[init]
            fn new(ctx: &WorkflowContextView, input: RawValue) -> Self {
                $workflow {
                    run: Run::new(ctx, input),
                }
            }

            #[run(name = $name)]
            pub async fn run(ctx: &mut WorkflowContext<Self>) -> WorkflowResult<Outcome> {
                let end = $main(ctx).await;
                when_all_are_answered(ctx, end).await
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
                self.run.state(moment_of_a_query())
            }

            /// Tries at once whatever waits to be tried again.
            #[update]
            pub async fn check_now(ctx: &mut WorkflowContext<Self>, _: RawValue) -> State {
                updates::check_now(ctx).await
            }

            /// Closes an operation that needs attention by an operator's word, or proposes to where
            /// it takes two.
            #[update]
            pub async fn resolve(
                ctx: &mut WorkflowContext<Self>,
                argument: RawValue,
            ) -> Result<State, Refusal> {
                Ok(updates::resolve(ctx, argument).await?)
            }

            #[update_validator(resolve)]
            fn may_resolve(
                &self,
                _: &WorkflowContextView,
                argument: &RawValue,
            ) -> Result<(), Refusal> {
                Ok(updates::may_resolve(&self.run, argument)?)
            }

            /// Closes it as another operator has proposed.
            #[update]
            pub async fn approve_resolution(
                ctx: &mut WorkflowContext<Self>,
                argument: RawValue,
            ) -> Result<State, Refusal> {
                Ok(updates::approve(ctx, argument).await?)
            }

            #[update_validator(approve_resolution)]
            fn may_approve(
                &self,
                _: &WorkflowContextView,
                argument: &RawValue,
            ) -> Result<(), Refusal> {
                Ok(updates::may_approve(&self.run, argument)?)
            }

            /// Takes back what is proposed.
            #[update]
            pub async fn withdraw_resolution(
                ctx: &mut WorkflowContext<Self>,
                argument: RawValue,
            ) -> Result<State, Refusal> {
                Ok(updates::withdraw(ctx, argument)?)
            }

            #[update_validator(withdraw_resolution)]
            fn may_withdraw(
                &self,
                _: &WorkflowContextView,
                argument: &RawValue,
            ) -> Result<(), Refusal> {
                Ok(updates::may_withdraw(&self.run, argument)?)
            }
        }

        impl PaymentWorkflow for $workflow {
            const KIND: Kind = $kind;

            fn run_state(&self) -> &Run {
                &self.run
            }

            fn run_state_mut(&mut self) -> &mut Run {
                &mut self.run
            }
        }
    };
}

payment_workflow! {
    /// Charges an order's card once more.
    pub struct ExtraPayment = "process_extra_payment";
    const KIND: Kind = Kind::ExtraPayment;
    run = charge;
}

payment_workflow! {
    /// Gives money of an order back to the card it was paid with.
    pub struct PaymentReversal = "process_payment_reversal";
    const KIND: Kind = Kind::PaymentReversal;
    run = give_back;
}

/// The workflow's own time, the same in every replay.
pub(crate) fn now<W>(ctx: &WorkflowContext<W>) -> Timestamp {
    let time = ctx
        .workflow_time()
        .and_then(|time| Timestamp::try_from(time).ok());
    // There is none only before the first task, when no code of ours runs yet.
    time.unwrap_or(Timestamp::UNIX_EPOCH)
}

/// What a query alone may read, since it is never replayed: advice that depends on the time is true
/// when it is given, and not only when the run last woke.
#[expect(
    clippy::disallowed_methods,
    reason = "a query's answer is no part of the history"
)]
fn moment_of_a_query() -> Timestamp {
    Timestamp::now()
}

/// A wait that a request to cancel the workflow does not end: money may be on its way.
pub(crate) fn uncancelled() -> WaitConditionOptions {
    WaitConditionOptions::builder()
        .cancellation_token(WorkflowCancellationToken::new())
        .build()
}
