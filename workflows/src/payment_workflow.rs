//! What both payment workflows have in common: the signal, the query and the updates. They differ
//! in their recipes.

/// Defines a workflow with this name and these handlers that carries out `recipe`. The SDK's macros
/// need everything that a workflow does in one `impl`.
macro_rules! payment_workflow {
    (
        $(#[$doc:meta])*
        pub struct $workflow:ident = $name:literal;
        kind = $kind:ident;
        recipe = $recipe:ident;
    ) => {
        pub use definition::$workflow;

        #[expect(missing_docs, reason = "the macros make constants that carry no docs")]
        mod definition {
            use std::error::Error;

            use temporalio_common::data_converters::RawValue;
            use temporalio_macros::{workflow, workflow_methods};
            use temporalio_workflow::{
                SyncWorkflowContext, WorkflowContext, WorkflowContextView, WorkflowResult,
            };

            use $crate::contract::kind::Kind;
            use $crate::contract::outcome::Outcome;
            use $crate::contract::state::State;
            use $crate::flow::closing::when_all_are_answered;
            use $crate::flow::event::{Observer, emit};
            use $crate::flow::payment_workflow::PaymentWorkflow;
            use $crate::flow::run::Run;
            use $crate::flow::updates;

            /// Why an update was refused, in the form that the SDK needs.
            type Refusal = Box<dyn Error + Send + Sync>;

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
                    let end = super::$recipe(ctx).await;
                    when_all_are_answered(ctx, end).await
                }

                /// Something happened at the partner, so ask it now.
                #[signal]
                pub fn payment_completed(&mut self, ctx: &mut SyncWorkflowContext<Self>, _: RawValue) {
                    let callback = self.run.payment_completed();
                    emit(ctx.context_value::<Observer>(), &callback);
                }

                /// The state of the operation.
                #[query]
                pub fn state(&self, _: &WorkflowContextView, _: RawValue) -> State {
                    self.run.state_now()
                }

                /// Tries at once what waits to be tried again.
                #[update]
                pub async fn check_now(ctx: &mut WorkflowContext<Self>, _: RawValue) -> State {
                    updates::check_now(ctx).await
                }

                /// Closes an operation that needs attention on an operator's statement, or proposes
                /// to if two operators are needed.
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

                /// Withdraws the proposal.
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
                const KIND: Kind = Kind::$kind;

                fn run_state(&self) -> &Run {
                    &self.run
                }

                fn run_state_mut(&mut self) -> &mut Run {
                    &mut self.run
                }
            }
        }
    };
}
