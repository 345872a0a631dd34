//! How a run may start: options with which it would end or repeat by itself are refused, a request
//! to cancel counts until money may be on its way, and what a run carries over is read or waited
//! for.

#![expect(unreachable_pub, reason = "the macros want the workflow to be public")]

use std::time::Duration;

use harness::{Stack, Timings};
use rstest::rstest;
use serde_json::{Value, json};
use temporalio_client::NamespacedClient;
use temporalio_client::tonic::IntoRequest;
use temporalio_common::data_converters::RawValue;
use temporalio_common::protos::temporal::api::common::v1::{
    Payload, Payloads, RetryPolicy, WorkflowType,
};
use temporalio_common::protos::temporal::api::taskqueue::v1::TaskQueue;
use temporalio_common::protos::temporal::api::workflowservice::v1::StartWorkflowExecutionRequest;
use temporalio_macros::{workflow, workflow_methods};
use temporalio_sdk::WorkerOptions;
use temporalio_workflow::{ContinueAsNewOptions, WorkflowContext, WorkflowResult};
use workflows::contract::ids::TASK_QUEUE;

use crate::books::{
    QUICK, builder, cli, client, ends, history_with, input, set_custom_scenario, split, stack,
    start_raw, until,
};
use crate::deploys::run_worker_until;

#[derive(Clone, Copy, Debug)]
enum Limit {
    ExecutionTimeout,
    RunTimeout,
    RetryPolicy,
    CronSchedule,
}

#[rstest]
#[case::execution_timeout(Limit::ExecutionTimeout, "workflow_execution_timeout")]
#[case::run_timeout(Limit::RunTimeout, "workflow_run_timeout")]
#[case::retry_policy(Limit::RetryPolicy, "retry_policy")]
#[case::cron_schedule(Limit::CronSchedule, "cron_schedule")]
#[tokio::test]
async fn a_start_that_temporal_would_end_or_repeat_is_refused_before_any_call(
    #[case] limit: Limit,
    #[case] field: &str,
) {
    let stack = stack().await;
    let run = start_with(&stack, "limited", limit).await;
    let show = format!("workflow show -w sky-payment-limited -r {run} -o json");
    let history = until("it is refused", async || {
        let history = cli(&stack, &show).await;
        let failed =
            history.contains("WORKFLOW_EXECUTION_FAILED") || history.contains("CONTINUED_AS_NEW");
        failed.then_some(history)
    })
    .await;
    assert!(history.contains("InvalidRequest"), "{history}");
    let problem = format!("invalid request: {field}");
    assert!(history.contains(&problem), "{history}");
    assert!(stack.partner().journal().await.unwrap().is_empty());
}

/// Starts it; returns the run's id.
async fn start_with(stack: &Stack, id: &str, limit: Limit) -> String {
    let second = |seconds| Duration::from_secs(seconds).try_into().unwrap();
    let mut request = StartWorkflowExecutionRequest {
        workflow_id: format!("sky-payment-{id}"),
        request_id: id.to_owned(),
        workflow_type: Some(WorkflowType {
            name: "process_extra_payment".to_owned(),
        }),
        task_queue: Some(TaskQueue {
            name: TASK_QUEUE.to_owned(),
            ..TaskQueue::default()
        }),
        input: Some(Payloads {
            payloads: vec![json_payload(&input(id))],
        }),
        ..StartWorkflowExecutionRequest::default()
    };
    match limit {
        Limit::ExecutionTimeout => request.workflow_execution_timeout = Some(second(60)),
        Limit::RunTimeout => request.workflow_run_timeout = Some(second(60)),
        Limit::RetryPolicy => request.retry_policy = Some(RetryPolicy::default()),
        Limit::CronSchedule => request.cron_schedule = "@every 1s".to_owned(),
    }
    let client = client(stack).await;
    request.namespace = client.namespace();
    let mut service = client.connection().workflow_service();
    let started = service.start_workflow_execution(request.into_request());
    started.await.unwrap().into_inner().run_id
}

#[tokio::test]
async fn cancelled_during_a_question_before_the_first_submission_it_closes_as_cancelled() {
    // Long enough to be cancelled during the question also on a busy machine.
    let timings = Timings {
        request_timeout: "10s",
        ..QUICK
    };
    let stack = builder().timings(timings).workers(0);
    let mut stack = stack.start().await.unwrap();
    let slow = json!({ "faults": [{ "on": "status", "kind": "silence" }] });
    set_custom_scenario(&stack, "early", slow).await;
    let (input, early) = (input("early"), "sky-payment-early");
    let start = format!(
        "workflow signal-with-start --signal-name payment_completed --task-queue {TASK_QUEUE} \
         --type process_extra_payment -w {early} --input"
    );
    let start = [&split(&start)[..], &[&input]].concat();
    stack.temporal().cli_text(&start).await.unwrap();
    stack.start_worker().await.unwrap();
    until("the partner is asked", async || {
        let journal = stack.partner().journal().await.unwrap();
        (!journal.is_empty()).then_some(())
    })
    .await;
    cli(&stack, &format!("workflow cancel -w {early}")).await;
    history_with(&stack, "early", "WORKFLOW_EXECUTION_CANCELED").await;
    let ledger = stack.partner().ledger("early").await.unwrap();
    assert!(ledger.is_empty(), "{ledger:?}");
}

/// Code of a later version, which carries over what today's can't read.
#[workflow]
#[derive(Default)]
pub struct LaterPayment;

#[workflow_methods]
impl LaterPayment {
    #[run(name = "process_extra_payment")]
    pub async fn run(ctx: &mut WorkflowContext<Self>, input: RawValue) -> WorkflowResult<()> {
        let mut payloads = input.payloads;
        payloads.push(json_payload(
            r#"{"request":{},"terms":{},"knowledge":"of a later version"}"#,
        ));
        ctx.continue_as_new(RawValue { payloads }, ContinueAsNewOptions::default())?;
        Ok(())
    }
}

#[tokio::test]
async fn a_run_that_cannot_read_what_was_carried_over_waits_for_code_that_can() {
    let mut stack = builder().workers(0).start().await.unwrap();
    start_raw(&stack, "process_extra_payment", "later", &input("later")).await;
    run_later_code_until_it_continues(&stack).await;
    stack.start_worker().await.unwrap();
    let history = history_with(&stack, "later", "WORKFLOW_TASK_FAILED").await;
    assert!(history.contains("deploy one that can"), "{history}");
    assert!(!history.contains("WORKFLOW_EXECUTION_FAILED"), "{history}");
    assert!(stack.partner().journal().await.unwrap().is_empty());
}

async fn run_later_code_until_it_continues(stack: &Stack) {
    let options = WorkerOptions::new(TASK_QUEUE)
        .max_cached_workflows(0_usize)
        .register_workflow::<LaterPayment>()
        .unwrap()
        .build();
    let continued = async {
        history_with(stack, "later", "continuedExecutionRunId").await;
    };
    run_worker_until(stack, options, continued).await;
}

fn json_payload(json: &str) -> Payload {
    Payload {
        metadata: [("encoding".to_owned(), b"json/plain".to_vec())].into(),
        data: json.as_bytes().to_vec(),
        ..Payload::default()
    }
}

#[tokio::test]
async fn a_payment_reference_is_taken_and_means_nothing_to_a_partner_that_knows_orders() {
    let stack = stack().await;
    let mut referred: Value = serde_json::from_str(&input("referred")).unwrap();
    referred["payment_reference"] = json!("pi_123");
    let referred = referred.to_string();
    start_raw(&stack, "process_extra_payment", "referred", &referred).await;
    ends(&stack, "referred", "completed").await;
}
