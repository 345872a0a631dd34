//! A query that arrives with a workflow task makes Temporal split the task while a local activity
//! runs, and then the workflow's time is another one in a replay. No command may depend on that.

use std::ops::Range;
use std::pin::pin;
use std::time::Duration;

use futures::future::join_all;
use serde_json::json;
use temporalio_client::{Client, UntypedQuery, UntypedWorkflow, UntypedWorkflowHandle};
use temporalio_common::data_converters::RawValue;
use tokio::time::timeout;

use crate::books::{builder, charge, client, ends, restart_worker, set_custom_scenario};

/// How late the partner answers, in milliseconds: about the second up to which it counts as quick.
const ANSWERS_AFTER: Range<u64> = 400..1_000;

#[tokio::test]
async fn payments_that_are_looked_at_from_their_first_moment_replay() {
    let mut stack = builder().start().await.unwrap();
    let client = client(&stack).await;
    let ids: Vec<String> = ANSWERS_AFTER
        .step_by(20)
        .map(|it| format!("after-{it}"))
        .collect();
    let payment =
        |id: &str| client.get_workflow_handle::<UntypedWorkflow>(format!("sky-payment-{id}"));
    let started = ANSWERS_AFTER
        .step_by(20)
        .zip(&ids)
        .map(async |(answers_after, id)| {
            let slow = json!({ "on": "submit", "kind": { "slow": format!("{answers_after}ms") } });
            let slow = json!({ "faults": [slow] });
            set_custom_scenario(&stack, id, slow).await;
            let (payment, mut charged) = (payment(id), pin!(charge(&stack, id)));
            // Until it is started there is nothing to look at.
            while timeout(Duration::from_millis(5), &mut charged)
                .await
                .is_err()
            {
                let _ = look(&payment).await;
            }
        });
    join_all(started).await;
    for id in &ids {
        ends(&stack, id, "completed").await;
    }
    // A new worker has nothing in its cache, so each look is a replay.
    restart_worker(&mut stack).await;
    for id in &ids {
        let look = look(&payment(id)).await;
        assert!(look.is_ok(), "{id}: {look:?}");
    }
}

async fn look(handle: &UntypedWorkflowHandle<Client>) -> Result<(), String> {
    let query = UntypedQuery::new("state");
    let look = handle.query(query, RawValue::new(vec![]), Default::default());
    look.await.map(|_| ()).map_err(|error| format!("{error:?}"))
}
