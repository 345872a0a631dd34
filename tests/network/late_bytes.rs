//! The kernel keeps sending what a closed connection has left. A submission whose bytes arrive
//! after the worker gave it up is accepted late and shown late. It must not lead to a second one.

use std::time::Duration;

use futures::future::join_all;
use harness::network::Loss;
use harness::{Stack, Timings};
use jiff::Timestamp;
use libtest_mimic::Trial;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::books::{charge, ends, set_custom_scenario, try_cli};

/// The real timings, shortened by two thirds.
const TIMINGS: Timings = Timings {
    request_timeout: "2s",
    first_check: "3s",
    growth: 1,
    longest_pause: "3s",
    shows_within: "8s",
    needs_attention_after: "2m",
    attention_check: "3s",
    look_again_after: None,
};

const IDS: [&str; 3] = ["left-alone", "checked", "called-back"];

/// How late the question before a submission is answered.
const ANSWERED_AFTER: Duration = Duration::from_secs(1);

const PATIENCE: Duration = Duration::from_secs(60);

/// As long as the HTTP library keeps a connection without a limit alive, plus the time that the
/// partner takes to accept what arrives at the last moment, and a little more.
const ALL_IS_DECIDED: Duration = Duration::from_secs(35);

/// One for each time that packets are lost. The kernel sends again after 0.2, 0.6, 1.4, 3, 6.2,
/// 12.6, 25.4 s and so on: the first of these after the loss arrives.
pub(crate) fn trials() -> Vec<Trial> {
    let seconds = [5, 9, 15, 30].map(Duration::from_secs);
    let name = |lost: Duration| format!("a_submission_lost_for_{lost:?}_is_charged_once");
    seconds
        .map(|lost| crate::trial(name(lost), move || is_charged_once(lost)))
        .into()
}

/// Three payments, each woken differently between the two questions that prove an absence.
async fn is_charged_once(lost: Duration) {
    let (stack, loss) = submitted_into_a_loss().await;
    let begun = Instant::now();
    let end_of_loss = async {
        sleep(lost).await;
        drop(loss);
    };
    let wakes = async {
        loop {
            let _ = stack.payments_output(&["check-now", "checked"]).await;
            signal(&stack, "called-back").await;
            sleep(Duration::from_millis(300)).await;
        }
    };
    tokio::select! {
        never = async { tokio::join!(wakes, end_of_loss) } => never.0,
        () = sleep_until(begun + ALL_IS_DECIDED) => {}
    }
    for id in IDS {
        ends(&stack, id, "completed").await;
    }
}

/// The partner is asked about all three, and then, before they are submitted, packets start to be
/// lost.
async fn submitted_into_a_loss() -> (Stack, Loss) {
    for _ in 0..5 {
        let stack = stack().await;
        join_all(IDS.map(|id| charge(&stack, id))).await;
        let first = timeout(PATIENCE, until_asked(&stack)).await.unwrap();
        let loss = Loss::toward(stack.partner().address().unwrap()).unwrap();
        if Timestamp::now() < first + ANSWERED_AFTER {
            return (stack, loss);
        }
        // The machine was busy: try again.
    }
    panic!("the loss always began too late");
}

/// When the first question arrived, once all have.
async fn until_asked(stack: &Stack) -> Timestamp {
    loop {
        let journal = stack.partner().journal().await.unwrap();
        let questions: Vec<&Value> = journal
            .iter()
            .filter(|entry| entry["path"] == "/v1/paymentStatus")
            .collect();
        if questions.len() >= IDS.len() {
            let first = questions.iter().filter_map(|it| it["at"].as_str()).min();
            return first.unwrap().parse().unwrap();
        }
        sleep(Duration::from_millis(20)).await;
    }
}

async fn stack() -> Stack {
    let stack = Stack::builder()
        .timings(TIMINGS)
        .default_scenario(json!({
            "second_submission": "charges_again",
            // Both together are the visibility delay.
            "executes_after": "3s", "status_lag": "6s",
            "completes_after": "100ms", "callback": { "when": "never" },
            "faults": [{ "on": "status", "kind": { "slow": "1s" } }]
        }))
        .start()
        .await
        .unwrap();
    for id in IDS {
        // A scenario for each has a fault of its own.
        set_custom_scenario(&stack, id, json!({})).await;
    }
    stack
}

/// The gateway's answer to a callback.
async fn signal(stack: &Stack, id: &str) {
    let signal = format!("workflow signal -w sky-payment-{id} --name payment_completed");
    // The workflow may have closed.
    let _ = try_cli(stack, &signal).await;
}
