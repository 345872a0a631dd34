//! Every recorded history replays on this code: the deployed code can take over what is running.
//!
//! The histories are in `histories/`, one for each end and path. With `SKY_RECORD=1` the test first
//! records the missing ones, for a new end or path. The history of a deployed version is never
//! recorded again.

mod accounts;
mod cards;
mod operators;
mod payments;
mod recording;
mod stripe;

use std::collections::BTreeSet;
use std::fs;

use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use temporalio_client::WorkflowHistory;
use temporalio_sdk::opentelemetry::OpenTelemetryPlugin;
use temporalio_sdk::workflow_replayer::{WorkflowReplayer, WorkflowReplayerOptions};
use workflows::{ExtraPayment, LookAgain, MerchantAccount, PaymentReversal, RecordSavedCard};

use self::recording::{folder, is_missing};

#[tokio::test]
async fn every_recorded_history_replays() {
    if std::env::var_os("SKY_RECORD").is_some() {
        record().await;
    }
    let options = || {
        WorkflowReplayerOptions::new()
            .register_workflow::<ExtraPayment>()
            .unwrap()
            .register_workflow::<LookAgain>()
            .unwrap()
            .register_workflow::<MerchantAccount>()
            .unwrap()
            .register_workflow::<PaymentReversal>()
            .unwrap()
            .register_workflow::<RecordSavedCard>()
            .unwrap()
    };
    replay(options().build()).await;
    // By a worker that makes spans, of workflows of which none were made.
    replay(
        options()
            .worker_plugin(OpenTelemetryPlugin::builder().build())
            .build(),
    )
    .await;
}

/// A new history comes with its line; one that is listed stays as it is.
#[test]
fn no_recorded_history_was_changed() {
    let listed = fs::read_to_string(folder().with_extension("sha256")).unwrap();
    let files = fs::read_dir(folder()).unwrap().map(|entry| {
        let path = entry.unwrap().path();
        let digest = Sha256::digest(fs::read(&path).unwrap());
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        format!("{digest}  {name}")
    });
    let files: BTreeSet<String> = files.collect();
    let listed: BTreeSet<String> = listed.lines().map(str::to_owned).collect();
    assert_eq!(files, listed);
}

/// The reversal was submitted again under the same key. Had its first run started a day earlier, Stripe
/// might have forgotten the key, and it must not.
#[tokio::test]
async fn a_run_that_was_reset_counts_the_time_of_dropped_repeats_from_the_start_of_the_first() {
    let history = fs::read(folder().join("stripe-reset.json")).unwrap();
    let mut history: Value = serde_json::from_slice(&history).unwrap();
    let start = &mut history["events"][0]["event_time"];
    let earlier: Timestamp = start.as_str().unwrap().parse().unwrap();
    *start = json!(earlier - 24.hours());
    let history = WorkflowHistory::from_json(history.to_string().as_bytes()).unwrap();
    let options = WorkflowReplayerOptions::new().register_workflow::<PaymentReversal>();
    let replayer = WorkflowReplayer::new(options.unwrap().build()).unwrap();
    let result = replayer.replay_workflow(history).await;
    let error = result.err().map(|error| error.to_string());
    assert!(error.is_some_and(|it| it.contains("TMPRL1100")));
}

async fn replay(options: WorkflowReplayerOptions) {
    let replayer = WorkflowReplayer::new(options).unwrap();
    let mut replayed = 0;
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let history = WorkflowHistory::from_json(&fs::read(&path).unwrap()).unwrap();
        let result = replayer.replay_workflow(history).await;
        assert!(
            result.is_ok(),
            "{}: {}",
            path.display(),
            result.unwrap_err()
        );
        replayed += 1;
    }
    assert!(replayed >= 36, "only {replayed} histories");
}

/// Stages each end and path of which a history is missing.
async fn record() {
    if is_missing("cancelled") {
        operators::record_cancelled().await;
    }
    if is_missing("approved") {
        operators::record_approved().await;
    }
    if ["saved-card", "saved-card-late", "saved-card-invalid"]
        .into_iter()
        .any(is_missing)
    {
        cards::record().await;
    }
    if ["reset", "billed-by-hand", "looked-again"]
        .into_iter()
        .any(is_missing)
    {
        operators::record_operators().await;
    }
    if is_missing("reset-past-a-refusal") {
        operators::record_reset_past_a_refusal().await;
    }
    if is_missing("declined-by-hand") {
        operators::record_declined_by_hand().await;
    }
    if payments::NAMES.into_iter().any(is_missing) {
        payments::record().await;
    }
    if stripe::NAMES.into_iter().any(is_missing) {
        stripe::record().await;
    }
    if accounts::NAMES.into_iter().any(is_missing) {
        accounts::record().await;
    }
}
