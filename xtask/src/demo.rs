//! `cargo xtask demo`: payments and refunds at two partners, some of them unlucky, and where the
//! money went.

mod invitation;
mod progress;
mod report;
mod staged;

use std::mem;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use futures::future::try_join_all;
use harness::conformance::AtLocalStripe;
use harness::{LocalStripe, Operation, Stack};
use serde_json::json;

use crate::build::build_programs;
use crate::setup::temporal_cli;
use progress::{Line, Progress};
use report::Ended;
use staged::{Staged, staged, with_localstripe};

/// Runs the demo; fails if money did not go where it should. If it is dropped before its end, it says
/// so.
pub(crate) async fn demo(keep: bool) -> anyhow::Result<ExitCode> {
    // It is dropped last, when all that the demo has started is gone.
    let interrupted = Interrupted;
    let ended = run_demo(keep).await;
    mem::forget(interrupted);
    ended
}

/// Says when it is dropped that the demo was.
struct Interrupted;

impl Drop for Interrupted {
    fn drop(&mut self) {
        // The terminal has written ^C on the line.
        eprintln!("\nInterrupted: everything that the demo had started is stopped.");
    }
}

async fn run_demo(keep: bool) -> anyhow::Result<ExitCode> {
    temporal_cli().await?;
    build_programs().await?;
    println!("Starting Temporal, the worker, the callback gateway, the partners and billing");
    let localstripe = match localstripe().await {
        Ok(localstripe) => Some(localstripe),
        Err(missing) => {
            println!(
                "MISSING: the three operations at localstripe, the second partner: {missing:#}"
            );
            None
        }
    };
    let localstripe = localstripe.as_ref();
    let mut builder = Stack::builder()
        .temporal_on_disk()
        .with_ui()
        .with_http_api()
        // This partner charges again for a second submission, so the demo shows that there is none.
        .default_scenario(json!({
            "completes_after": "500ms", "second_submission": "charges_again"
        }));
    if let Some(localstripe) = localstripe {
        builder = with_localstripe(builder, localstripe);
    }
    let stack = builder.start().await?;
    let staged = staged(localstripe.is_some());
    let ended = run_all(&stack, localstripe, &staged).await;
    let ended = ended.inspect_err(|_| {
        eprintln!("{}", last_lines(&stack.logs().unwrap_or_default()));
    })?;
    println!("{}", report::table(&ended));
    println!("{}", invitation::links(&stack, &staged, keep));
    let all_is_right = report::print_differences(&ended);
    if keep {
        println!("{}", invitation::text(&stack)?);
        std::future::pending::<()>().await;
    }
    Ok(ExitCode::from(u8::from(!all_is_right)))
}

/// Another simulator of Stripe, by somebody else.
async fn localstripe() -> anyhow::Result<AtLocalStripe> {
    if LocalStripe::check().is_err() {
        println!("localstripe is nowhere: installing it into the target folder");
        let installed = tokio::time::timeout(PATIENCE_WITH_PIP, LocalStripe::install()).await;
        installed.context("pip does not end: is PyPI reachable?")??;
    }
    AtLocalStripe::start().await
}

async fn run_all<'s>(
    stack: &Stack,
    localstripe: Option<&AtLocalStripe>,
    staged: &'s [Staged],
) -> anyhow::Result<Vec<Ended<'s>>> {
    let progress = Progress::new();
    let runs = staged.iter().map(|staged| {
        let id = &staged.operation.request_id;
        let run =
            tokio::time::timeout(PATIENCE, run(stack, localstripe, staged, progress.line(id)));
        async move {
            run.await
                .with_context(|| format!("{id} is not closed in time"))?
        }
    });
    try_join_all(runs).await
}

async fn run<'s>(
    stack: &Stack,
    localstripe: Option<&AtLocalStripe>,
    staged: &'s Staged,
    line: Line,
) -> anyhow::Result<Ended<'s>> {
    let operation = staged.prepare(stack, localstripe).await?;
    let id = operation.request_id.as_str();
    stack.start(&operation).await?;
    let state = loop {
        // Before each look: one in the first instant would split the first workflow task.
        tokio::time::sleep(PAUSE_BETWEEN_LOOKS).await;
        let state = stack.payments(&["status", id]).await?;
        match state["phase"].as_str().unwrap_or_default() {
            "closed" => break state,
            phase => line.show(phase),
        }
    };
    let mut books = stack.books(id, "10s").await?;
    books
        .ledger
        .extend(staged.moved_elsewhere(stack, localstripe).await?);
    line.finish(books.end.label());
    Ok(Ended {
        staged,
        account: state["account"].clone(),
        books,
        history_events: history_events(stack, &operation).await?,
    })
}

async fn history_events(stack: &Stack, operation: &Operation) -> anyhow::Result<String> {
    let workflow_id = operation.workflow_id();
    let description = stack
        .temporal()
        .cli(&["workflow", "describe", "--workflow-id", &workflow_id])
        .await?;
    let length = &description["workflowExecutionInfo"]["historyLength"];
    // Protobuf's JSON writes 64-bit numbers as strings.
    Ok(length.to_string().trim_matches('"').to_owned())
}

fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(40)..].join("\n")
}

/// The whole demo takes about 15 s.
const PATIENCE: Duration = Duration::from_secs(75);

/// Pip tries again and again where nothing answers.
const PATIENCE_WITH_PIP: Duration = Duration::from_secs(40);

const PAUSE_BETWEEN_LOOKS: Duration = Duration::from_millis(300);
