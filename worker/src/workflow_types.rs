//! The workflow types of this program: what a worker runs, and what a replay tries.

use temporalio_common::WorkflowDefinition;
use temporalio_sdk::workflow_replayer::WorkflowReplayerOptions;
use temporalio_sdk::{WorkerOptions, WorkflowRegistrationError};
use workflows::{ExtraPayment, LookAgain, MerchantAccount, PaymentReversal, RecordSavedCard};

/// Lists them once. The SDK has no trait for what takes a workflow.
macro_rules! workflow_types {
    ($($workflow:ident),+) => {
        /// Their names.
        pub(crate) fn names() -> Vec<String> {
            vec![$($workflow::run.name().to_owned()),+]
        }

        /// Has a worker run them.
        pub(crate) fn run_by(options: &mut WorkerOptions) -> Result<(), WorkflowRegistrationError> {
            $(options.register_workflow::<$workflow>()?;)+
            Ok(())
        }

        /// Has a replay try them.
        pub(crate) fn replayed_by(
            options: &mut WorkflowReplayerOptions,
        ) -> Result<(), WorkflowRegistrationError> {
            $(options.register_workflow::<$workflow>()?;)+
            Ok(())
        }
    };
}

workflow_types!(
    ExtraPayment,
    LookAgain,
    MerchantAccount,
    PaymentReversal,
    RecordSavedCard
);
