//! A query that waits for a worker gets there together with what has happened meanwhile, before the
//! workflow task that is about it. The run must not go on from the query.

use std::time::Duration;

use futures::future::join_all;
use harness::workflow_id;
use rstest::rstest;
use serde_json::json;
use temporalio_client::{Client, UntypedQuery, UntypedWorkflow, UntypedWorkflowHandle};
use temporalio_common::data_converters::RawValue;
use tokio::time::sleep;

use crate::books::{QUICK, builder, charge, client, ends, reaches, restart_worker, signal, until};

const PAYMENTS: usize = 20;

/// More than the time until the first question, so that each payment's timer fires without a worker.
const AWAY: Duration = Duration::from_secs(6);

/// A second callback makes a workflow task that changes nothing: it has to wait for the gap between
/// questions.
#[rstest]
#[case::after_the_submission(0)]
#[case::after_callbacks(2)]
#[tokio::test]
async fn payments_that_are_looked_at_while_no_worker_is_there_go_on_and_replay(
    #[case] callbacks: usize,
) {
    let timings = harness::Timings {
        first_check: "4s",
        longest_pause: "4s",
        needs_attention_after: "10m",
        ..QUICK
    };
    let stack = builder().timings(timings);
    let never = json!({ "completes_after": "1h", "callback": { "when": "never" } });
    let mut stack = stack.default_scenario(never).start().await.unwrap();
    let client = client(&stack).await;
    let ids: Vec<String> = (0..PAYMENTS).map(|n| format!("away-{n}")).collect();
    join_all(ids.iter().map(async |id| charge(&stack, id).await)).await;
    join_all(
        ids.iter()
            .map(async |id| reaches(&stack, id, "awaiting_completion").await),
    )
    .await;
    let payment =
        |id: &String| client.get_workflow_handle::<UntypedWorkflow>(format!("sky-payment-{id}"));
    for _ in 0..callbacks {
        join_all(
            ids.iter()
                .map(async |id| signal(&client, &workflow_id(id)).await),
        )
        .await;
        sleep(Duration::from_millis(700)).await;
    }
    stack.stop_worker().await.unwrap();

    let asked = join_all(ids.iter().map(async |id| look(&payment(id)).await));
    tokio::join!(asked, async {
        sleep(AWAY).await;
        stack.start_worker().await.unwrap();
    });
    // A new worker has nothing in its cache, so each look is a replay.
    sleep(Duration::from_secs(1)).await;
    restart_worker(&mut stack).await;
    for id in &ids {
        let state = reaches(&stack, id, "awaiting_completion").await;
        assert_eq!(state["submitted"], true, "{id}: {state}");
        let finish = async || stack.partner().finish(id).await.ok();
        until("the partner has it", finish).await;
    }
    for id in &ids {
        ends(&stack, id, "completed").await;
    }
}

/// It may be answered or refused.
async fn look(handle: &UntypedWorkflowHandle<Client>) {
    let query = UntypedQuery::new("state");
    let look = handle.query(query, RawValue::new(vec![]), Default::default());
    let _ = look.await;
}
