//! One execution in each status that Temporal knows.

use std::time::Duration;

use harness::Stack;
use serde_json::json;
use temporalio_common::data_converters::RawValue;
use temporalio_macros::{workflow, workflow_methods};
use temporalio_sdk::runtime::{Runtime, RuntimeOptions};
use temporalio_sdk::{Worker, WorkerOptions};
use temporalio_workflow::{ContinueAsNewOptions, WorkflowContext, WorkflowResult};
use tokio::time::timeout;

use super::row;
use crate::books::{charge, client, ends, history, input, reaches, until};

pub(super) async fn stage(stack: &mut Stack) {
    goes_on_as_a_new_run(stack, "continued").await;
    charge(stack, "canceled").await;
    stack
        .payments_output(&["cancel", "canceled"])
        .await
        .unwrap();
    // `docs/contract.md` forbids a limit. No worker has it in time.
    let limited = [
        "workflow",
        "start",
        "--type",
        "process_extra_payment",
        "-w",
        "sky-payment-timed-out",
        "--task-queue",
        "sky-technologies-integration",
        "--run-timeout",
        "1s",
        "--search-attribute",
        r#"SkyOrderId="o-timed-out""#,
        "--input",
        &input("timed-out"),
    ];
    stack.temporal().cli(&limited).await.unwrap();
    until("it has timed out", async || {
        let row = row(stack, "timed-out", &["--status", "timed_out"]).await;
        row.map(|_| ())
    })
    .await;
    stack.start_worker().await.unwrap();
    let endless = json!({ "never_completes": true, "callback": { "when": "never" } });
    for id in ["running", "paused", "terminated"] {
        let scenario = stack.partner().set_custom_scenario(id, endless.clone());
        scenario.await.unwrap();
        charge(stack, id).await;
    }
    charge(stack, "completed").await;
    ends(stack, "completed", "completed").await;
    let broken = input("failed").replace("125.5", "-1");
    let failed = [
        "workflow",
        "start",
        "--type",
        "process_extra_payment",
        "-w",
        "sky-payment-failed",
        "--task-queue",
        "sky-technologies-integration",
        "--search-attribute",
        r#"SkyOrderId="o-failed""#,
        "--input",
        &broken,
    ];
    stack.temporal().cli(&failed).await.unwrap();
    // A phase is shown once it has lasted.
    for id in ["running", "paused", "terminated"] {
        reaches(stack, id, "awaiting_completion").await;
        until("its phase is shown", async || {
            row(stack, id, &["--phase", "awaiting_completion"]).await
        })
        .await;
    }
    for command in [
        ["pause", "-w", "sky-payment-paused", "--reason", "hold it"],
        [
            "terminate",
            "-w",
            "sky-payment-terminated",
            "--reason",
            "test",
        ],
    ] {
        let command = [&["workflow"], command.as_slice()].concat();
        stack.temporal().cli_text(&command).await.unwrap();
    }
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
    let runtime = Runtime::from_current_tokio(RuntimeOptions::default()).unwrap();
    let options = WorkerOptions::new("sky-technologies-integration")
        .register_workflow::<GoesOn>()
        .unwrap()
        .build();
    let mut worker = Worker::new(&runtime, client(stack).await, options).unwrap();
    let shut_down = worker.shutdown_handle();
    let reached = async {
        until("it went on", async || {
            let history = history(stack, id).await;
            history.contains("continuedExecutionRunId").then_some(())
        })
        .await;
        shut_down();
    };
    let (ran, ()) = tokio::join!(timeout(Duration::from_secs(180), worker.run()), reached);
    ran.unwrap().unwrap();
}
