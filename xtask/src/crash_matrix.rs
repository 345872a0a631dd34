//! `cargo xtask crash-matrix`: processes die at every point where a payment or a reversal waits
//! for something, and the money is counted afterwards.
//!
//! A system for each kind of death: [`mod@stage`] holds an operation at each [`point`], all at
//! once; the [`strike`] falls on all of them; the [`verdict`] is about each.

mod held;
mod point;
mod report;
mod stage;
mod strike;
mod verdict;

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context;
use futures::future::try_join_all;
use serde_json::json;
use tests::Stack;
use tokio::sync::Mutex;

use crate::build::build_programs;
use crate::setup::temporal_cli;
use stage::{Operation, TIMINGS, lift, operations, stage};
use strike::{STRIKES, Strike};
use verdict::{End, Evidence};

/// How long an operation may take to its end after the strike; the slowest need two minutes.
const PATIENCE: &str = "240s";

/// Makes the table, and fails when a row of it is wrong.
pub(crate) async fn crash_matrix() -> anyhow::Result<ExitCode> {
    temporal_cli().await?;
    build_programs().await?;
    let begun = Instant::now();
    let operations = operations();
    // Staging needs the machine for itself; the waits for the ends overlap.
    let machine = Mutex::new(());
    let columns = STRIKES
        .iter()
        .map(|strike| column(*strike, &operations, &machine));
    let columns = try_join_all(columns).await?;
    let document = report::document(&operations, &columns, begun.elapsed());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/crash-matrix.md");
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(&path, &document)
        .with_context(|| format!("{} can't be written", path.display()))?;
    println!("{document}");
    Ok(match report::wrong(&columns) {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}

/// One system, struck once.
async fn column(
    strike: Strike,
    operations: &[Operation],
    machine: &Mutex<()>,
) -> anyhow::Result<Vec<Evidence>> {
    let words = strike.words();
    let alone = machine.lock().await;
    println!("{words}: staging {} operations", operations.len());
    let mut stack = Stack::builder()
        .timings(TIMINGS)
        .default_scenario(json!({
            "completes_after": "100ms", "second_submission": "charges_again"
        }))
        .start()
        .await?;
    stage(&stack, operations)
        .await
        .with_context(|| format!("{words}: staging"))?;
    println!("{words}: all are at their points");
    strike.strike(&mut stack).await?;
    lift(&stack, operations).await?;
    drop(alone);
    let mut evidence = Vec::with_capacity(operations.len());
    // One after the other: who waits for the slowest finds the others at their ends.
    for operation in operations {
        evidence.push(count(&stack, operation).await?);
    }
    println!("{words}: all ends are known");
    Ok(evidence)
}

async fn count(stack: &Stack, operation: &Operation) -> anyhow::Result<Evidence> {
    let id = operation.request_id.as_str();
    let end = match stack.payments(&["wait", id, "--timeout", PATIENCE]).await {
        Ok(outcome) => End::Closed(outcome["outcome"].as_str().unwrap_or_default().to_owned()),
        Err(_) => {
            let state = stack.payments(&["status", id]).await?;
            End::Open(state["phase"].as_str().unwrap_or_default().to_owned())
        }
    };
    Ok(Evidence {
        kind: operation.kind,
        moved: stack.partner().ledger(id).await?.len(),
        billed: stack.billing().documents(id).await?.len(),
        end,
    })
}
