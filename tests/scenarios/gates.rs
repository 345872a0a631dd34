//! What has to be asked of a new build before it is deployed: `sky-worker replay` and
//! `sky-worker setup`, against a live namespace.

use std::process::Output;

use serde_json::json;

use crate::books::{
    builder, charge, cli, ends, give_back, reaches, set_custom_scenario, start_raw, try_cli, until,
    words,
};
use crate::deploys::run_earlier_code_until;
use crate::temporal::give_attribute_another_type;

#[tokio::test(flavor = "multi_thread")]
async fn a_build_that_breaks_open_payments_is_refused_and_they_are_named() {
    let mut stack = builder().workers(0).start().await.unwrap();
    // What an earlier build began, and this one can't go on with.
    start_raw(&stack, "process_extra_payment", "broken", "{}").await;
    run_earlier_code_until(&stack, "broken", "TIMER_STARTED").await;
    stack.start_worker().await.unwrap();
    let never = json!({ "never_completes": true, "callback": { "when": "never" } });
    set_custom_scenario(&stack, "waits", never).await;
    give_back(&stack, "waits").await;
    reaches(&stack, "waits", "awaiting_completion").await;
    charge(&stack, "ended").await;
    ends(&stack, "ended", "completed").await;

    // With the merchant account.
    let replayed = until("all are listed", async || {
        let replayed = stack.worker_verb(&["replay"]).await.unwrap();
        words(&replayed)
            .contains("3 open and 1 closed workflows replayed: this build breaks 1")
            .then_some(replayed)
    })
    .await;
    assert_eq!(replayed.status.code(), Some(1), "{}", words(&replayed));
    says(&replayed, "sky-payment-broken (");
    assert!(!words(&replayed).contains("sky-payment-waits"));

    cli(&stack, "workflow terminate -w sky-payment-broken").await;
    let newest = ["replay", "--closed", "0"];
    let replayed = until("it is closed", async || {
        let replayed = stack.worker_verb(&newest).await.unwrap();
        replayed.status.success().then_some(replayed)
    })
    .await;
    let sound = "2 open and 0 closed workflows replayed: this build breaks 0";
    says(&replayed, sound);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_namespace_is_set_up_once_and_a_worker_starts_in_it() {
    let mut stack = builder().workers(0).start().await.unwrap();
    let temporal = stack.temporal_mut();
    temporal.set_variable("TEMPORAL_NAMESPACE", "payments");
    let planned = stack.worker_verb(&["setup", "--dry-run"]).await.unwrap();
    says(&planned, "would be created");
    let namespace = "operator namespace describe payments";
    assert!(try_cli(&stack, namespace).await.is_err(), "it was created");

    let first = stack.worker_verb(&["setup"]).await.unwrap();
    has_succeeded(&first);
    says(&first, "created, with 30 days");
    says(&first, "SkyAmountMinor (Int): created");
    let second = stack.worker_verb(&["setup"]).await.unwrap();
    has_succeeded(&second);
    assert!(!words(&second).contains("created"), "{}", words(&second));
    until("a worker starts in it", async || {
        stack.start_worker().await.ok()
    })
    .await;

    let shorten = "operator namespace update -n payments --retention 3d";
    cli(&stack, shorten).await;
    let raised = until("it is seen", async || {
        let raised = stack.worker_verb(&["setup"]).await.unwrap();
        words(&raised)
            .contains("raised from 3 to 30 days")
            .then_some(raised)
    })
    .await;
    has_succeeded(&raised);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_attribute_of_another_type_is_left_to_a_person() {
    let stack = builder().workers(0).start().await.unwrap();
    give_attribute_another_type(&stack, "SkyOutcome", "Bool").await;
    let left = until("it is seen", async || {
        let left = stack.worker_verb(&["setup"]).await.unwrap();
        words(&left).contains("SkyOutcome is Bool").then_some(left)
    })
    .await;
    assert_eq!(left.status.code(), Some(1), "{}", words(&left));
    let by_hand =
        "to do by hand: the search attribute SkyOutcome is Bool and must be Keyword; run:";
    says(&left, by_hand);
}

fn says(output: &Output, part: &str) {
    let words = words(output);
    assert!(words.contains(part), "{words}");
}

fn has_succeeded(output: &Output) {
    assert!(output.status.success(), "{}", words(output));
}
