//! `cargo xtask demo`: six payments and refunds, some of them unlucky, and where the money went.

mod invitation;
mod operation;
mod progress;
mod report;
mod verdict;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use futures::future::try_join_all;
use harness::Stack;
use serde_json::{Value, json};

use crate::build::build_programs;
use crate::setup::temporal_cli;
use operation::{OPERATIONS, Operation};
use progress::{Line, Progress};
use verdict::Evidence;

/// Runs the demo; fails when money did not go where it should have gone.
pub(crate) async fn demo(keep: bool) -> anyhow::Result<ExitCode> {
    temporal_cli().await?;
    build_programs().await?;
    println!("Starting Temporal, the worker, the callback gateway, the partner and billing");
    let stack = Stack::builder()
        .with_ui()
        // A partner that charges again for a second submission shows that there is none.
        .default_scenario(json!({
            "completes_after": "500ms", "second_submission": "charges_again"
        }))
        .start()
        .await?;
    let evidence = run_all(&stack).await.inspect_err(|_| {
        eprintln!("{}", last_lines(&stack.logs().unwrap_or_default()));
    })?;
    println!("{}", report::table(&evidence));
    println!("{}", invitation::links(&stack, keep));
    let all_is_right = report::tell_differences(&evidence);
    if keep {
        println!("{}", invitation::text(&stack)?);
        std::future::pending::<()>().await;
    }
    Ok(match all_is_right {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

async fn run_all(stack: &Stack) -> anyhow::Result<Vec<Evidence>> {
    let progress = Progress::new();
    let runs = OPERATIONS.iter().map(|operation| {
        let line = progress.line(operation.request_id);
        let run = tokio::time::timeout(PATIENCE, run(stack, operation, line));
        async move {
            run.await
                .with_context(|| format!("{} is not closed in time", operation.request_id))?
        }
    });
    try_join_all(runs).await
}

async fn run(stack: &Stack, operation: &'static Operation, line: Line) -> anyhow::Result<Evidence> {
    let id = operation.request_id;
    operation.prepare(stack.partner()).await?;
    stack.payments(&operation.start_arguments()).await?;
    loop {
        // Before each look: one in the first instant would split the first workflow task.
        tokio::time::sleep(PAUSE_BETWEEN_LOOKS).await;
        let state = stack.payments(&["status", id]).await?;
        match word(&state, "phase") {
            "closed" => break,
            phase => line.show(phase),
        }
    }
    let outcome = stack.payments(&["result", id]).await?;
    line.finish(word(&outcome, "outcome"));
    Ok(Evidence {
        operation,
        ledger: stack.partner().ledger(id).await?,
        documents: stack.billing().documents(id).await?,
        history_events: history_events(stack, id).await?,
        outcome,
    })
}

async fn history_events(stack: &Stack, request_id: &str) -> anyhow::Result<String> {
    let workflow_id = operation::workflow_id(request_id);
    let description = stack
        .temporal()
        .cli(&["workflow", "describe", "--workflow-id", &workflow_id])
        .await?;
    let length = &description["workflowExecutionInfo"]["historyLength"];
    // Protobuf's JSON writes 64-bit numbers as strings.
    Ok(length.to_string().trim_matches('"').to_owned())
}

/// A field of an object, which is text.
fn word<'a>(object: &'a Value, field: &str) -> &'a str {
    object[field].as_str().unwrap_or_default()
}

fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(40)..].join("\n")
}

/// The whole demo takes about 15 s.
const PATIENCE: Duration = Duration::from_secs(75);

const PAUSE_BETWEEN_LOOKS: Duration = Duration::from_millis(300);
