//! A run with a long history continues as a new one, whatever makes it long, and nothing that was
//! requested or noted gets lost.

use futures::future::join_all;
use harness::{Stack, Timings};
use payments_client::{Error, PaymentsClient};
use rstest::rstest;
use serde_json::{Value, json};
use temporalio_client::{Client, UntypedSignal, UntypedWorkflow, WorkflowSignalOptions};
use temporalio_common::data_converters::RawValue;
use workflows::contract::ids::{RequestId, TASK_QUEUE};
use workflows::contract::resolution::Resolution;
use workflows::contract::state::Phase;

use crate::after_the_end::{incident, look_again_update};
use crate::books::{QUICK, builder, charge, client, reaches, state, until};

/// The maximum length of a history: the 500 events after which it is continued, and those of a
/// step.
const LONGEST: u64 = 700;

/// Only what is asked for is done.
const STILL: Timings = Timings {
    needs_attention_after: "1h",
    attention_check: "1h",
    first_check: "1h",
    longest_pause: "1h",
    ..QUICK
};

async fn still() -> Stack {
    builder().timings(STILL).start().await.unwrap()
}

/// While the partner has another amount, and while billing refuses.
#[rstest]
#[case::with_the_partner("odd")]
#[case::with_billing("unbilled")]
#[tokio::test(flavor = "multi_thread")]
async fn checks_however_many_are_all_answered_and_no_history_grows_long(#[case] id: &str) {
    let stack = still().await;
    let odd = json!({
        "reports_amount": "130.00", "completes_after": "0s", "callback": { "when": "never" },
    });
    match id {
        "odd" => stack.partner().set_custom_scenario(id, odd).await.unwrap(),
        _ => {
            let refuse = json!([{ "kind": { "status": 409 }, "times": 0 }]);
            stack.billing().set_faults(refuse).await.unwrap();
            let now = json!({ "completes_after": "0s", "callback": { "when": "never" } });
            stack.partner().set_custom_scenario(id, now).await.unwrap();
        }
    }
    charge(&stack, id).await;
    if id == "odd" {
        // The submission's answer is about another amount, and so no answer.
        stack.payments(&["check-now", id]).await.unwrap();
    }
    let before = reaches(&stack, id, "needs_attention").await;
    let client = client(&stack).await;
    let payments = PaymentsClient::new(client.clone(), TASK_QUEUE);
    let operation = payments.operation(&RequestId::parse(id).unwrap());
    let signals = 60;
    let one_after_the_other = async {
        for n in 0..120 {
            let state = operation.check_now().await.unwrap();
            assert_eq!(state.phase, Phase::NeedsAttention, "{n}: {state:?}");
        }
    };
    let at_once = async {
        for _ in 0..60 {
            let checks = (0..3).map(|_| operation.check_now());
            for state in join_all(checks).await {
                assert_eq!(state.unwrap().phase, Phase::NeedsAttention);
            }
        }
    };
    let refused = async {
        let json = br#"{"as":"declined","operator":"ann","reason":"x"}"#;
        let declined = Resolution::parse(json).unwrap();
        for _ in 0..40 {
            let refusal = operation.resolve(&declined).await.unwrap_err();
            assert!(matches!(&refusal, Error::Refused(_)), "{refusal:?}");
        }
    };
    let called_back = async {
        for _ in 0..signals {
            signal(&client, &format!("sky-payment-{id}")).await;
        }
    };
    tokio::join!(one_after_the_other, at_once, refused, called_back);

    let after = state(&stack, id).await;
    assert_eq!(after["callbacks_received"], signals, "{after}");
    for field in ["phase", "cause", "last_error", "at_stake"] {
        assert_eq!(after[field], before[field], "{field}");
    }
    are_short(&stack, &format!("sky-payment-{id}"), 4).await;
    until("it is listed with its phase", async || {
        let query = format!(
            r#"WorkflowId = "sky-payment-{id}" AND SkyPhase = "needs_attention" AND
               ExecutionStatus = "Running""#
        );
        let list = ["workflow", "list", "--query", &query, "-o", "json"];
        let listed = stack.temporal().cli(&list).await.unwrap();
        (listed.as_array()?.len() == 1).then_some(())
    })
    .await;
}

/// A run that goes on from another one has to prove again that nothing arrived.
#[tokio::test(flavor = "multi_thread")]
async fn checks_however_many_do_not_keep_a_payment_from_being_submitted_again() {
    let timings = Timings {
        visibility_delay: "25s",
        ..STILL
    };
    let stack = builder().timings(timings).start().await.unwrap();
    let lost = json!({ "faults": [{ "on": "submit", "kind": "reset", "executed": false }],
        "completes_after": "0s", "callback": { "when": "never" } });
    let partner = stack.partner();
    partner.set_custom_scenario("lost", lost).await.unwrap();
    charge(&stack, "lost").await;
    let payments = PaymentsClient::new(client(&stack).await, TASK_QUEUE);
    let operation = payments.operation(&RequestId::parse("lost").unwrap());
    until("it was submitted again and completed", async || {
        let checks = (0..3).map(|_| operation.check_now());
        let answers = join_all(checks).await;
        answers.iter().any(Result::is_err).then_some(())
    })
    .await;
    crate::books::ends(&stack, "lost", "completed").await;
}

/// Most of them have to wait for the gap between questions, and so wake nobody.
#[tokio::test(flavor = "multi_thread")]
async fn callbacks_however_many_are_counted_and_no_history_grows_long() {
    let stack = still().await;
    let waits = json!({ "never_completes": true, "callback": { "when": "never" } });
    let partner = stack.partner();
    partner.set_custom_scenario("flood", waits).await.unwrap();
    charge(&stack, "flood").await;
    reaches(&stack, "flood", "awaiting_completion").await;
    let client = client(&stack).await;
    let signals = 900;
    for _ in 0..signals {
        signal(&client, "sky-payment-flood").await;
    }
    until("all are counted", async || {
        let state = state(&stack, "flood").await;
        (state["callbacks_received"] == signals).then_some(())
    })
    .await;
    are_short(&stack, "sky-payment-flood", 2).await;
    partner.finish("flood").await.unwrap();
    // A callback that waits for the gap leads to a question afterwards; on a slow machine all have
    // by now.
    signal(&client, "sky-payment-flood").await;
    crate::books::ends(&stack, "flood", "completed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn looking_again_goes_on_in_a_new_run_with_its_incident() {
    let timings = Timings {
        attention_check: "1h",
        look_again_after: Some("1s"),
        ..QUICK
    };
    let stack = builder().timings(timings).start().await.unwrap();
    let flips = json!({ "final_answer_flips": true });
    let partner = stack.partner();
    partner.set_custom_scenario("flips", flips).await.unwrap();
    charge(&stack, "flips").await;
    crate::books::ends(&stack, "flips", "completed").await;
    let words = incident(&stack, "sky-look-again-flips").await;
    let client = client(&stack).await;
    // A signal that means nothing to it.
    for _ in 0..400 {
        signal(&client, "sky-look-again-flips").await;
    }
    are_short(&stack, "sky-look-again-flips", 2).await;
    assert_eq!(incident(&stack, "sky-look-again-flips").await, words);
    let acknowledgement = json!({ "operator": "ann", "reason": "x" });
    look_again_update(&stack, "sky-look-again-flips", &acknowledgement).await;
}

/// Repeats a callback that Temporal could not store, as the partner does: Temporal does not store
/// it while a run ends and the next one starts.
async fn signal(client: &Client, workflow: &str) {
    until("the signal is stored", async || {
        let handle = client.get_workflow_handle::<UntypedWorkflow>(workflow);
        let signal = UntypedSignal::new("payment_completed");
        let options = WorkflowSignalOptions::default();
        let stored = handle.signal(signal, RawValue::default(), options).await;
        stored.ok()
    })
    .await;
}

/// Compares the lengths of all its runs with the limit; there were at least `runs`.
async fn are_short(stack: &Stack, workflow: &str, runs: usize) {
    let query = format!(r#"WorkflowId = "{workflow}""#);
    let lengths = until(&format!("{workflow} has {runs} runs"), async || {
        let list = ["workflow", "list", "--query", &query, "-o", "json"];
        let listed = stack.temporal().cli(&list).await.unwrap();
        let lengths: Vec<u64> = listed.as_array()?.iter().map(length).collect();
        (lengths.len() >= runs).then_some(lengths)
    })
    .await;
    assert!(lengths.iter().all(|one| *one < LONGEST), "{lengths:?}");
}

/// The list knows it of closed runs alone.
fn length(run: &Value) -> u64 {
    let length = run["historyLength"].as_str();
    length.map_or(0, |length| length.parse().unwrap())
}
