//! A run with a long history continues as a new one, whatever makes it long, and nothing that was
//! requested or noted gets lost.

use futures::future::join_all;
use harness::{Stack, Timings};
use payments_client::{Error, PaymentsClient};
use rstest::rstest;
use serde_json::{Value, json};
use workflows::contract::ids::{RequestId, TASK_QUEUE};
use workflows::contract::resolution::Resolution;
use workflows::contract::state::Phase;

use crate::after_the_end::{incident, look_again_update};
use crate::books::{
    QUICK, STILL, builder, charge, client_that_retries, describe, ends, listed, pending, reaches,
    run_id, set_custom_scenario, signal, state, until,
};
use crate::stripe::{fault, give_back};

/// The maximum length of a history: the 500 events after which it is continued, and those of a
/// step.
const LONGEST: u64 = 700;

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
            set_custom_scenario(&stack, id, now).await;
        }
    }
    charge(&stack, id).await;
    if id == "odd" {
        // The submission's answer is about another amount, and so no answer. A check during the
        // submission would count as done by it.
        reaches(&stack, id, "awaiting_completion").await;
        stack.payments(&["check-now", id]).await.unwrap();
    }
    let before = reaches(&stack, id, "needs_attention").await;
    let client = client_that_retries(&stack).await;
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
        (listed(&stack, &query).await.len() == 1).then_some(())
    })
    .await;
}

/// A run that goes on from another one has to prove again that nothing arrived.
#[tokio::test(flavor = "multi_thread")]
async fn checks_however_many_do_not_keep_a_payment_from_being_submitted_again() {
    let timings = Timings {
        shows_within: "24s",
        ..STILL
    };
    let stack = builder().timings(timings).start().await.unwrap();
    let lost = json!({ "faults": [{ "on": "submit", "kind": "reset", "executed": false }],
        "completes_after": "0s", "callback": { "when": "never" } });
    set_custom_scenario(&stack, "lost", lost).await;
    charge(&stack, "lost").await;
    let payments = PaymentsClient::new(client_that_retries(&stack).await, TASK_QUEUE);
    let operation = payments.operation(&RequestId::parse("lost").unwrap());
    until("it was submitted again and completed", async || {
        let checks = (0..3).map(|_| operation.check_now());
        let mut answers = join_all(checks).await.into_iter();
        let is_closed = answers.any(|it| matches!(it, Err(Error::Closed(_))));
        is_closed.then_some(())
    })
    .await;
    ends(&stack, "lost", "completed").await;
}

/// Most of them have to wait for the gap between questions, and so wake nobody.
#[tokio::test(flavor = "multi_thread")]
async fn callbacks_however_many_are_counted_and_no_history_grows_long() {
    let stack = still().await;
    pending(&stack, "flood", "never").await;
    let client = client_that_retries(&stack).await;
    let signals = 900;
    for _ in 0..signals {
        signal(&client, "sky-payment-flood").await;
    }
    are_counted(&stack, "flood", signals).await;
    are_short(&stack, "sky-payment-flood", 2).await;
    stack.partner().finish("flood").await.unwrap();
    // A callback that waits for the gap leads to a question afterwards; on a slow machine all have
    // by now.
    signal(&client, "sky-payment-flood").await;
    ends(&stack, "flood", "completed").await;
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
    set_custom_scenario(&stack, "flips", flips).await;
    charge(&stack, "flips").await;
    ends(&stack, "flips", "completed").await;
    let words = incident(&stack, "sky-look-again-flips").await;
    let client = client_that_retries(&stack).await;
    // They make it ask only once in five seconds. The fewest events are one for each of them.
    for _ in 0..550 {
        signal(&client, "sky-look-again-flips").await;
    }
    are_short(&stack, "sky-look-again-flips", 2).await;
    assert_eq!(incident(&stack, "sky-look-again-flips").await, words);
    let details = current_details(&stack, "sky-look-again-flips").await;
    for shown in [
        "Needs attention",
        "extra payment for order `o-flips`",
        &words,
    ] {
        assert!(details.contains(shown), "{shown:?} is not in: {details}");
    }
    let acknowledgement = json!({ "operator": "ann", "reason": "x" });
    look_again_update(&stack, "sky-look-again-flips", &acknowledgement).await;
}

/// Temporal does not carry over the summary and the details that the first run was started with, and its SDK for Rust can't
/// set them anew. So what a person reads comes from the run itself.
#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_continues_another_one_shows_in_temporals_ui_what_it_is_about() {
    let stack = still().await;
    pending(&stack, "goes-on", "never").await;
    let client = client_that_retries(&stack).await;
    for _ in 0..550 {
        signal(&client, "sky-payment-goes-on").await;
    }
    are_short(&stack, "sky-payment-goes-on", 2).await;

    let described = describe(&stack, "sky-payment-goes-on").await.unwrap();
    let attributes = described["workflowExecutionInfo"]["searchAttributes"].to_string();
    assert!(attributes.contains("SkyOrderId"), "{attributes}");
    // Should this fail, Temporal carries the summary over, and `docs/temporal-ui.md` can say so.
    let own = &described["executionConfig"]["userMetadata"];
    assert!(own.is_null(), "{own}");
    // The new run asks the partner first.
    let details = until("no step is under way", async || {
        let details = current_details(&stack, "sky-payment-goes-on").await;
        details.contains("`awaiting_completion`").then_some(details)
    })
    .await;
    for words in [
        "The partner has it, or may have it",
        "**125.50 KGS**, extra payment for order `o-goes-on`, account `kg-main`, request `goes-on`",
        "**Phase:** `awaiting_completion` since ",
        "**What happens next:** the partner is asked at ",
    ] {
        assert!(details.contains(words), "{words:?} is not in: {details}");
    }
}

/// A run that goes on from it could only ask, since Stripe proves no absence.
#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_alone_knows_that_nothing_was_sent_goes_on_however_long_its_history() {
    let stack = builder()
        .timings(STILL)
        .with_stripe()
        .start()
        .await
        .unwrap();
    let busy = json!({ "on": "create_refund", "kind": { "status": 429 }, "times": 0 });
    fault(&stack, "unsent", busy).await;
    give_back(&stack, "unsent").await;
    until("it was refused", async || {
        let state = state(&stack, "unsent").await;
        state["last_error"].is_string().then_some(())
    })
    .await;
    let first = run_id(&stack, "unsent").await;
    let client = client_that_retries(&stack).await;
    for _ in 0..550 {
        signal(&client, "sky-payment-unsent").await;
    }
    are_counted(&stack, "unsent", 550).await;
    assert_eq!(run_id(&stack, "unsent").await, first);
    let stripe = stack.stripe().unwrap();
    stripe.set_faults(json!([])).await.unwrap();
    // A check during a step that was refused before would count as done by it.
    until("it is sent", async || {
        let check_now = ["check-now", "unsent"];
        stack.payments_output(&check_now).await.unwrap();
        (state(&stack, "unsent").await["phase"] == "closed").then_some(())
    })
    .await;
    ends(&stack, "unsent", "completed").await;
}

/// Waits until so many callbacks are counted.
async fn are_counted(stack: &Stack, id: &str, callbacks: u64) {
    until("all are counted", async || {
        (state(stack, id).await["callbacks_received"] == callbacks).then_some(())
    })
    .await;
}

/// What Temporal's UI shows as current details of its newest run: a worker answers it.
async fn current_details(stack: &Stack, workflow: &str) -> String {
    until("a worker describes it", async || {
        let metadata = ["workflow", "metadata", "-w", workflow];
        let answer = stack.temporal().cli(&metadata).await.ok()?;
        let details = answer["queryResult"][0]["currentDetails"].as_str()?;
        (!details.is_empty()).then(|| details.to_owned())
    })
    .await
}

/// Compares the lengths of all its runs with the limit; there were at least `runs`.
async fn are_short(stack: &Stack, workflow: &str, runs: usize) {
    let query = format!(r#"WorkflowId = "{workflow}""#);
    let lengths = until(&format!("{workflow} has {runs} runs"), async || {
        let lengths: Vec<u64> = listed(stack, &query).await.iter().map(length).collect();
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
