//! The end of a run while operators still send updates: each of them is answered, and the run ends.

use std::time::Duration;

use futures::future::select_all;
use harness::Timings;
use payments_client::{Error, OperationHandle, PaymentsClient};
use rstest::rstest;
use serde_json::Value;
use serde_json::json;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use workflows::contract::approval::{Approval, Withdrawal};
use workflows::contract::ids::{RequestId, TASK_QUEUE};
use workflows::contract::resolution::Resolution;
use workflows::contract::state::{Phase, State};

use crate::books::{
    QUICK, builder, charge, client, ends, give_back, reaches, restart_worker, set_custom_scenario,
    split,
};

/// How many operations end at once, and how many operators send updates to each. Temporal accepts
/// no more than ten updates of one workflow at a time.
const OPERATIONS: usize = 8;
const OPERATORS: usize = 6;

/// Looking again is started between the end and the close, and leaves room for updates.
fn timings() -> Timings {
    Timings {
        needs_attention_after: "3s",
        longest_pause: "1s",
        attention_check: "1s",
        look_again_after: Some("1h"),
        ..QUICK
    }
}

#[rstest]
#[case::one_operator(false)]
#[case::two_operators(true)]
#[tokio::test(flavor = "multi_thread")]
async fn whoever_races_the_end_is_answered_and_the_run_is_closed(#[case] two_operators: bool) {
    let settings = format!("[resolution]\ntwo_operators = {two_operators}\n");
    let builder = builder().timings(timings()).worker_settings(&settings);
    let mut stack = builder.start().await.unwrap();
    let payments = PaymentsClient::new(client(&stack).await, TASK_QUEUE);
    let mut ids = Vec::new();
    for n in 0..OPERATIONS {
        let id = format!("raced-{n}");
        let waits = json!({ "never_completes": true, "callback": { "when": "never" } });
        set_custom_scenario(&stack, &id, waits).await;
        match n % 2 {
            0 => charge(&stack, &id).await,
            _ => give_back(&stack, &id).await,
        };
        ids.push(id);
    }
    for id in &ids {
        reaches(&stack, id, "needs_attention").await;
    }
    let mut racing: Vec<JoinHandle<()>> = Vec::new();
    for id in &ids {
        for n in 0..OPERATORS {
            let operation = payments.operation(&RequestId::parse(id).unwrap());
            racing.push(tokio::spawn(race(operation, n, two_operators)));
        }
    }
    for id in &ids {
        stack.partner().finish(id).await.unwrap();
    }
    // Nobody waits for an answer that never comes.
    while !racing.is_empty() {
        let next = timeout(Duration::from_secs(180), select_all(racing)).await;
        let (raced, _, others) = next.unwrap();
        raced.unwrap();
        racing = others;
    }
    for id in &ids {
        ends(&stack, id, "completed").await;
    }
    // A new worker has nothing in its cache, so each query replays what the updates left in the history.
    restart_worker(&mut stack).await;
    for id in &ids {
        let operation = payments.operation(&RequestId::parse(id).unwrap());
        let state = operation.state().await;
        assert!(state.is_ok(), "{id}: {state:?}");
    }
}

/// One operator repeats the same update until the operation has closed.
async fn race(operation: OperationHandle, n: usize, two_operators: bool) {
    for _ in 0..2000 {
        let answer = match (n % 3, two_operators) {
            (0, _) => operation.check_now().await,
            (1, true) => approve(&operation).await,
            (1, false) => operation.resolve(&word("declined")).await,
            (_, true) if n == 5 => operation.withdraw(&withdrawal()).await,
            _ => operation.resolve(&word("completed")).await,
        };
        match answer {
            Ok(state) if state.phase == Phase::Closed => {}
            Ok(_) | Err(Error::Refused(_)) => continue,
            Err(Error::Closed(_)) => return,
            // More than one workflow can be asked at once.
            Err(Error::Unavailable { .. }) => sleep(Duration::from_millis(50)).await,
            Err(error) => panic!("{error:?}"),
        }
    }
    panic!("it never closed");
}

/// Asks with an update: a query beside a local activity and updates is what the SDK does not bear
/// (`docs/decisions/0020-the-short-way.md`).
async fn approve(operation: &OperationHandle) -> Result<State, Error> {
    let state = operation.check_now().await?;
    let Some(proposal) = state.proposal else {
        return Ok(state);
    };
    let approval = Approval {
        resolve_as: proposal.resolution.resolve_as,
        proposed_at: proposal.proposed_at,
        operator: "ben".to_owned(),
    };
    operation.approve(&approval).await
}

fn word(verdict: &str) -> Resolution {
    let json = json!({ "as": verdict, "operator": "ann", "reason": "x" });
    Resolution::parse(json.to_string().as_bytes()).unwrap()
}

fn withdrawal() -> Withdrawal {
    let json = json!({ "operator": "ann", "reason": "x" });
    Withdrawal::parse(json.to_string().as_bytes()).unwrap()
}

/// The run fails before it is an operation at all.
#[tokio::test]
async fn a_check_that_comes_with_a_start_that_is_refused_is_answered() {
    let stack = crate::books::stack().await;
    let input = json!({ "request_id": "refused", "amount": "0" }).to_string();
    let start = format!(
        "workflow execute-update-with-start --task-queue {TASK_QUEUE} --type process_extra_payment \
         -w sky-payment-refused --id-conflict-policy UseExisting --update-name check_now --input"
    );
    let start = [&split(&start)[..], &[&input]].concat();
    let answer = stack.temporal().cli(&start).await.unwrap();
    assert_eq!(answer["updateResult"]["phase"], "closed", "{answer}");
    let end = stack.payments_output(&["result", "refused"]).await.unwrap();
    let end: Value = serde_json::from_slice(&end.stdout).unwrap();
    assert_eq!(end["error"], "invalid_request", "{end}");
}
