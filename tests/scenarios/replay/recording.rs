//! Writes down the histories that are not there yet.

use std::fs;
use std::path::{Path, PathBuf};

use harness::Stack;
use serde_json::{Value, json};
use workflows::ExtraPayment;

use crate::books::client;

pub(super) async fn write(stack: &Stack, id: &str) {
    write_workflow(stack, id, &format!("sky-payment-{id}")).await;
}

pub(super) async fn write_workflow(stack: &Stack, name: &str, workflow: &str) {
    let path = folder().join(format!("{name}.json"));
    if path.exists() {
        return;
    }
    let client = client(stack).await;
    let handle = client.get_workflow_handle::<ExtraPayment>(workflow.to_owned());
    let json = handle
        .fetch_history(Default::default())
        .to_json()
        .await
        .unwrap();
    let mut history: Value = serde_json::from_slice(&json).unwrap();
    // A reset copies the start with the id of the run that it resets, and the replayer takes that for the
    // run's own.
    let start = &mut history["events"][0]["attributes"]["WorkflowExecutionStartedEventAttributes"];
    let described = handle.describe(Default::default()).await.unwrap();
    start["original_execution_run_id"] = json!(described.run_id());
    fs::write(path, history.to_string()).unwrap();
}

pub(super) fn is_missing(name: &str) -> bool {
    !folder().join(format!("{name}.json")).exists()
}

pub(super) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("histories")
}
