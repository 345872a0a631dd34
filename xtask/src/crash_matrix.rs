//! `cargo xtask crash-matrix`: processes die or stand still, or packets are lost, at every point where
//! a payment or a reversal waits for something, and the money is counted afterwards.
//!
//! A system for each kind of that: [`mod@stage`] holds an operation at each [`point`], all at
//! once; the [`strike`] falls on all of them; the [`verdict`] is about each.

mod held;
mod point;
mod report;
mod stage;
mod strike;
mod verdict;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context;
use clap::{Args, ValueEnum};
use futures::future::try_join_all;
use harness::{Stack, network, profile_folder};
use serde_json::json;
use tokio::sync::Mutex;

use crate::build::build_programs;
use crate::setup::temporal_cli;
use report::{Column, Table};
use stage::{Operation, TIMINGS, lift, operations, stage};
use strike::Strike;
use verdict::{End, Evidence};

/// How long an operation may take to its end after the strike; the slowest need two minutes.
const PATIENCE: &str = "240s";

/// Which columns of the table.
#[derive(Args)]
pub(crate) struct CrashMatrix {
    /// Makes these columns alone.
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Strike>,
}

/// Makes the table, and fails when a cell of it is wrong.
pub(crate) async fn crash_matrix(arguments: &CrashMatrix) -> anyhow::Result<ExitCode> {
    temporal_cli().await?;
    build_programs().await?;
    let no_network = network::enter().err();
    let strikes = match arguments.only.as_slice() {
        [] => Strike::value_variants(),
        only => only,
    };
    let begun = Instant::now();
    let operations = operations();
    // Staging needs the machine for itself; the waits for the ends overlap.
    let machine = Mutex::new(());
    let columns = strikes.iter().map(async |&strike| {
        let evidence = match strike.needs_own_network() && no_network.is_some() {
            true => None,
            false => Some(column(strike, &operations, &machine).await?),
        };
        anyhow::Ok(Column { strike, evidence })
    });
    let table = Table {
        columns: try_join_all(columns).await?,
        operations,
        took: begun.elapsed(),
    };
    let path = profile_folder()?.join("crash-matrix.md");
    std::fs::write(&path, table.document())
        .with_context(|| format!("{} can't be written", path.display()))?;
    println!("{}\nThis is in {} too.", table.document(), path.display());
    if let Some(reason) = no_network.filter(|_| table.not_run() > 0) {
        println!("{} cells were not run: {reason:#}", table.not_run());
    }
    Ok(match table.wrong() {
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
    let builder = Stack::builder().timings(TIMINGS).default_scenario(json!({
        "completes_after": "100ms", "second_submission": "charges_again"
    }));
    let mut stack = strike.prepare(builder).start().await?;
    stage(&stack, operations)
        .await
        .with_context(|| format!("{words}: staging"))?;
    println!("{words}: all are at their points");
    let rest = strike.strike(&mut stack).await?;
    lift(&stack, operations).await?;
    drop(alone);
    rest.conclude(&mut stack).await?;
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
