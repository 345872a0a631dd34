//! A partner that comes back is asked about few of the open payments at once, and about the oldest
//! ones first.

#![expect(unreachable_pub, reason = "the macros want the workflow to be public")]

use harness::{Operation, OperationKind, Stack, Timings, workflow_id};
use jiff::{SignedDuration, Timestamp};
use payments_client::PaymentsClient;
use serde_json::{Value, json};
use temporalio_common::data_converters::RawValue;
use temporalio_macros::{workflow, workflow_methods};
use temporalio_sdk::WorkerOptions;
use temporalio_workflow::{ContinueAsNewOptions, WorkflowContext, WorkflowResult};
use workflows::contract::ids::TASK_QUEUE;

use crate::books::{QUICK, builder, client, ends_of, events, split, start_all, until};
use crate::deploys::run_worker_until;
use crate::keys::change_worker_file;
use crate::upgrades::count;

const AT_ONCE: usize = 5;

#[tokio::test]
async fn a_partner_that_comes_back_gets_no_more_questions_at_once_than_its_account_allows() {
    let timings = Timings {
        request_timeout: "10s",
        needs_attention_after: "10m",
        ..QUICK
    };
    let builder = builder().timings(timings);
    let mut stack = builder.start().await.unwrap();
    let partner = stack.partner();
    let pending = json!({ "never_completes": true, "callback": { "when": "never" } });
    partner.set_default_scenario(&pending).await.unwrap();
    let operations = (0..40).map(|n| Operation::new(OperationKind::Reversal, &format!("open-{n}")));
    let operations: Vec<Operation> = operations.collect();
    let payments = PaymentsClient::new(client(&stack).await, TASK_QUEUE);
    start_all(&payments, &operations).await;
    until("all are accepted", async || {
        let accepted = stack.partner().operations().await.unwrap().len();
        (accepted == operations.len()).then_some(())
    })
    .await;
    stack.stop_worker().await.unwrap();
    let limit = format!("[accounts.kg-main]\nsteps_at_once = {AT_ONCE}");
    change_worker_file(&stack, "[accounts.kg-main]", &limit);
    stack.start_worker().await.unwrap();

    let partner = stack.partner();
    let down = json!({ "faults": [
        { "on": "init_session", "kind": { "status": 503 }, "times": 0 },
        { "on": "status", "kind": { "status": 503 }, "times": 0 },
    ] });
    partner.set_default_scenario(&down).await.unwrap();
    for operation in &operations {
        partner.finish(&operation.request_id).await.unwrap();
    }
    let before = partner.journal().await.unwrap().len();
    until("each has met the outage", async || {
        let calls = stack.partner().journal().await.unwrap().len();
        (calls >= before + operations.len()).then_some(())
    })
    .await;
    // It holds each question for a second, so two that follow one another come a second apart.
    let slow = json!({ "faults": [{ "on": "status", "kind": { "slow": "1s" }, "times": 0 }] });
    partner.set_default_scenario(&slow).await.unwrap();
    for operation in &operations {
        ends_of(&stack, operation, "completed").await;
    }

    let journal = stack.partner().journal().await.unwrap();
    let slow = journal.iter().filter(|it| !it["fault"]["slow"].is_null());
    let mut asked: Vec<Timestamp> = slow.map(|it| moment(&it["at"])).collect();
    asked.sort_unstable();
    assert!(asked.len() >= operations.len());
    for at_once in asked.windows(AT_ONCE + 1) {
        let apart = at_once[AT_ONCE].duration_since(at_once[0]);
        assert!(apart >= SignedDuration::from_millis(990), "{at_once:?}");
    }
}

/// How old the payments are whose turn has come, the youngest first: this is the order in which they
/// start to wait.
const AGES: [(&str, i64); 3] = [("young", 1), ("minutes", 20), ("hours", 90)];

const OF_EACH_AGE: usize = 4;

#[tokio::test]
async fn a_partner_that_comes_back_is_asked_first_about_what_has_waited_longest() {
    // A task queue has an order in each of its partitions.
    let partitions = |of: &str| format!("matching.numTaskqueue{of}Partitions=1");
    let builder = builder().workers(0);
    let builder = builder.temporal_setting(&partitions("Read"));
    let mut stack = builder
        .temporal_setting(&partitions("Write"))
        .start()
        .await
        .unwrap();
    let ids: Vec<(String, i64)> = AGES
        .iter()
        .flat_map(|(name, minutes)| {
            (0..OF_EACH_AGE).map(move |n| (format!("{name}-{n}"), *minutes))
        })
        .collect();
    for (id, minutes) in &ids {
        start_aged(&stack, id, *minutes).await;
    }
    run_earlier_build(&stack, ids.len().try_into().unwrap()).await;

    // Nobody serves the account until all of them wait for it.
    change_worker_file(&stack, "[worker]", "[worker]\naccounts = []");
    stack.start_worker().await.unwrap();
    for (id, _) in &ids {
        until("its question waits for a worker", async || {
            let events = events(&stack, &workflow_id(id)).await?;
            events
                .to_string()
                .contains("ACTIVITY_TASK_SCHEDULED")
                .then_some(())
        })
        .await;
    }
    let only = "workflows = false\naccount_pollers = 1\naccounts = [\"kg-main\"]";
    change_worker_file(&stack, "accounts = []", only);
    stack.start_worker().await.unwrap();
    let mut questions = Vec::new();
    for (id, minutes) in &ids {
        let question = until("its question is handed out", async || {
            let events = events(&stack, &workflow_id(id)).await?;
            handed_out(events.as_array()?)
        })
        .await;
        questions.push((question, *minutes));
    }
    questions.sort_unstable();
    // On a busy machine some may have been given up before, and asked again.
    let (first, _) = questions[0];
    let began = first.at - SignedDuration::from_secs(1);
    questions.retain(|(question, _)| question.waits_since < began);
    let order: Vec<i64> = questions.iter().map(|(_, minutes)| *minutes).collect();
    assert!(order.is_sorted_by(|one, next| one >= next), "{order:?}");
}

/// When a step was handed to a worker, and since when it had waited for that.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct HandedOut {
    at: Timestamp,
    waits_since: Timestamp,
}

fn handed_out(events: &[Value]) -> Option<HandedOut> {
    let attributes = "activityTaskStartedEventAttributes";
    let started = events.iter().find(|event| !event[attributes].is_null())?;
    let scheduled = &started[attributes]["scheduledEventId"];
    let scheduled = events.iter().find(|event| event["eventId"] == *scheduled)?;
    Some(HandedOut {
        at: moment(&started["eventTime"]),
        waits_since: moment(&scheduled["eventTime"]),
    })
}

const EARLIER: &str = "earlier-build";

/// Starts a payment that an earlier build carries over to today's: it was accepted so many minutes ago.
async fn start_aged(stack: &Stack, id: &str, minutes: i64) {
    let sample = include_str!("../../workflows/src/between_builds/waits_for_the_partner.json");
    let mut carried: Value = serde_json::from_str(sample).unwrap();
    let now = Timestamp::now();
    let began = json!(now - SignedDuration::from_mins(minutes));
    carried["request"]["request_id"] = json!(id);
    carried["request"]["order_id"] = json!(format!("o-{id}"));
    carried["terms"]["identity"] = json!({
        "partner": "sky", "partner_url": format!("{}/", stack.partner().url()),
        "merchant_id": "m-1001",
    });
    carried["submission"]["asked"]["request_id"] = json!(id);
    carried["submission"]["opened_at"] = began.clone();
    carried["submission"]["knowledge"]["acknowledged"]["since"] = began.clone();
    carried["submission"]["next_try"] = json!(now);
    carried["since"] = began.clone();
    carried["resting"][1] = began;
    let (workflow, carried) = (workflow_id(id), carried.to_string());
    let start = format!(
        "workflow start --task-queue {EARLIER} --type process_extra_payment -w {workflow} \
         --input {{}} --input"
    );
    let start = [&split(&start)[..], &[&carried]].concat();
    stack.temporal().cli_text(&start).await.unwrap();
}

/// Has all of them carried over.
async fn run_earlier_build(stack: &Stack, payments: u64) {
    let options = WorkerOptions::new(EARLIER)
        .register_workflow::<EarlierPayment>()
        .unwrap()
        .build();
    let carried_over = until("they are carried over", async || {
        let carried_over = count(stack, r#"ExecutionStatus = "ContinuedAsNew""#).await;
        (carried_over == payments).then_some(())
    });
    run_worker_until(stack, options, carried_over).await;
}

/// What an earlier build does where today's takes over.
#[workflow]
#[derive(Default)]
pub struct EarlierPayment;

#[workflow_methods]
impl EarlierPayment {
    #[run(name = "process_extra_payment")]
    pub async fn run(ctx: &mut WorkflowContext<Self>, input: RawValue) -> WorkflowResult<()> {
        let today = ContinueAsNewOptions::builder().task_queue(TASK_QUEUE.to_owned());
        ctx.continue_as_new(input, today.build())?;
        Ok(())
    }
}

fn moment(text: &Value) -> Timestamp {
    text.as_str().unwrap().parse().unwrap()
}
