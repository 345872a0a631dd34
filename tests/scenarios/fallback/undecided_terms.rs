//! The step that decides a payment's terms fails. No account is charged then, and none is given up.

#![expect(
    dead_code,
    reason = "the macro makes a constant that a worker does not use"
)]

use temporalio_common::error::ApplicationFailure;
use temporalio_macros::activities;
use temporalio_sdk::WorkerOptions;
use temporalio_sdk::activities::{ActivityContext, ActivityError};
use workflows::ExtraPayment;
use workflows::activity_definitions::AgreeTerms;
use workflows::contract::ids::TASK_QUEUE;
use workflows::operation::terms::{TermsDecision, TermsInput};

use crate::books::{builder, charge, ends, history, history_with};
use crate::deploys::run_worker_until;

#[tokio::test]
async fn a_payment_whose_terms_cannot_be_decided_waits_for_a_worker_that_decides_them() {
    let id = "undecided";
    let mut stack = builder().workers(0).start().await.unwrap();
    charge(&stack, id).await;
    let options = WorkerOptions::new(TASK_QUEUE)
        .register_workflow::<ExtraPayment>()
        .unwrap()
        .register_activities(Undecided)
        .build();
    run_worker_until(&stack, options, async {
        history_with(&stack, id, "WORKFLOW_TASK_FAILED").await;
    })
    .await;
    let history = history(&stack, id).await;
    let why = "which account it has can't be decided";
    assert!(history.contains(why), "{history}");

    stack.start_worker().await.unwrap();
    ends(&stack, id, "completed").await;
}

/// The step of a worker that can't decide.
struct Undecided;

#[activities]
impl Undecided {
    #[activity(definition = AgreeTerms)]
    async fn agree_terms(
        _: ActivityContext,
        _: TermsInput,
    ) -> Result<TermsDecision, ActivityError> {
        // One that can be retried would be, within the same task.
        let failure = ApplicationFailure::non_retryable("not today");
        Err(ActivityError::application(failure))
    }
}
