//! Code changes under open payments, and what it finds changes too.

#![expect(unreachable_pub, reason = "the macros want the workflow to be public")]

use std::time::Duration;

use harness::Stack;
use temporalio_common::data_converters::RawValue;
use temporalio_macros::{workflow, workflow_methods};
use temporalio_sdk::runtime::{Runtime, RuntimeOptions};
use temporalio_sdk::{Worker, WorkerOptions};
use temporalio_workflow::{WorkflowContext, WorkflowResult};
use tokio::time::timeout;
use workflows::contract::ids::TASK_QUEUE;

use crate::books::{
    charge, cli, client, describe, ends, history_with, pending, stack, state, until,
};

/// Code of an earlier version of payments: it waits where today's code does other things.
#[workflow]
#[derive(Default)]
pub struct EarlierPayment;

#[workflow_methods]
impl EarlierPayment {
    #[run(name = "process_extra_payment")]
    pub async fn run(ctx: &mut WorkflowContext<Self>, _input: RawValue) -> WorkflowResult<()> {
        ctx.timer(Duration::from_secs(3600)).await;
        Ok(())
    }
}

#[tokio::test]
async fn a_rollback_to_code_that_cannot_go_on_with_a_payment_only_delays_it() {
    let mut stack = stack().await;
    pending(&stack, "back", "after_completion").await;
    stack.stop_worker().await.unwrap();

    run_earlier_code_until(&stack, "back", "WORKFLOW_TASK_FAILED").await;

    stack.start_worker().await.unwrap();
    stack.partner().finish("back").await.unwrap();
    ends(&stack, "back", "completed").await;
}

#[tokio::test]
async fn after_retention_a_late_callback_finds_nothing_and_a_new_start_moves_nothing() {
    let stack = stack().await;
    charge(&stack, "kept").await;
    ends(&stack, "kept", "completed").await;
    // The same as when the retention period is over.
    cli(&stack, "workflow delete -w sky-payment-kept --yes").await;
    until("it is gone", async || {
        describe(&stack, "sky-payment-kept").await.err()
    })
    .await;

    let answered = stack.partner().send_callbacks("kept", 1).await.unwrap();
    assert_eq!(answered, [Some(404)]);
    charge(&stack, "kept").await;
    ends(&stack, "kept", "completed").await;
    assert_eq!(state(&stack, "kept").await["submitted"], true);
}

/// Has the earlier code carry an operation on, until its history has this event.
pub(crate) async fn run_earlier_code_until(stack: &Stack, id: &str, event: &str) {
    let options = WorkerOptions::new(TASK_QUEUE)
        .register_workflow::<EarlierPayment>()
        .unwrap()
        .build();
    let reached = async {
        history_with(stack, id, event).await;
    };
    run_worker_until(stack, options, reached).await;
}

/// Runs a worker of other code until this is over.
pub(crate) async fn run_worker_until(
    stack: &Stack,
    options: WorkerOptions,
    is_over: impl Future<Output = ()>,
) {
    let runtime = Runtime::from_current_tokio(RuntimeOptions::default()).unwrap();
    let mut worker = Worker::new(&runtime, client(stack).await, options).unwrap();
    let shut_down = worker.shutdown_handle();
    let shut_down = async {
        is_over.await;
        shut_down();
    };
    let (ran, ()) = tokio::join!(timeout(Duration::from_secs(180), worker.run()), shut_down);
    ran.unwrap().unwrap();
}
