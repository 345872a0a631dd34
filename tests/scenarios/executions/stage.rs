//! One execution in each status that Temporal knows.

use std::time::Duration;

use harness::{Stack, workflow_id};
use temporalio_common::data_converters::RawValue;
use temporalio_macros::{workflow, workflow_methods};
use temporalio_sdk::WorkerOptions;
use temporalio_workflow::{ContinueAsNewOptions, WorkflowContext, WorkflowResult};
use workflows::contract::ids::TASK_QUEUE;

use super::row;
use crate::books::{charge, cli, ends, history_with, input, pending, split, until};
use crate::deploys::run_worker_until;

pub(super) async fn stage(stack: &mut Stack) {
    goes_on_as_a_new_run(stack, "continued").await;
    charge(stack, "canceled").await;
    let cancel = ["cancel", "canceled"];
    stack.payments_output(&cancel).await.unwrap();
    // `docs/contract.md` forbids a limit. No worker has it in time.
    let limited = input("timed-out");
    start(stack, "timed-out", &limited, &["--run-timeout", "1s"]).await;
    until("it has timed out", async || {
        let row = row(stack, "timed-out", &["--status", "timed_out"]).await;
        row.map(|_| ())
    })
    .await;
    stack.start_worker().await.unwrap();
    for id in ["running", "paused", "terminated"] {
        pending(stack, id, "never").await;
    }
    charge(stack, "completed").await;
    ends(stack, "completed", "completed").await;
    let broken = input("failed").replace("125.5", "-1");
    start(stack, "failed", &broken, &[]).await;
    // A phase is shown once it has lasted.
    for id in ["running", "paused", "terminated"] {
        until("its phase is shown", async || {
            row(stack, id, &["--phase", "awaiting_completion"]).await
        })
        .await;
    }
    let pause = split("workflow pause -w sky-payment-paused --reason");
    let pause = [&pause[..], &["hold it"]].concat();
    stack.temporal().cli_text(&pause).await.unwrap();
    let terminate = "workflow terminate -w sky-payment-terminated --reason test";
    cli(stack, terminate).await;
}

/// As any client can, with the search attribute by which it is found.
async fn start(stack: &Stack, id: &str, input: &str, more: &[&str]) {
    let start = format!(
        "workflow start --type process_extra_payment --task-queue {TASK_QUEUE} -w {} \
         --search-attribute SkyOrderId=\"o-{id}\" --input",
        workflow_id(id)
    );
    let start = [&split(&start)[..], &[input], more].concat();
    stack.temporal().cli(&start).await.unwrap();
}

/// Code that does nothing but go on as a new run.
#[workflow]
#[derive(Default)]
pub struct GoesOn;

#[workflow_methods]
impl GoesOn {
    #[run(name = "process_extra_payment")]
    pub async fn run(ctx: &mut WorkflowContext<Self>, input: RawValue) -> WorkflowResult<()> {
        ctx.timer(Duration::from_secs(1)).await;
        ctx.continue_as_new(input, ContinueAsNewOptions::default())?;
        Ok(())
    }
}

async fn goes_on_as_a_new_run(stack: &Stack, id: &str) {
    charge(stack, id).await;
    let options = WorkerOptions::new(TASK_QUEUE)
        .register_workflow::<GoesOn>()
        .unwrap()
        .build();
    let went_on = async {
        history_with(stack, id, "continuedExecutionRunId").await;
    };
    run_worker_until(stack, options, went_on).await;
}
