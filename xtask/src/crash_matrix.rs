//! `cargo xtask crash-matrix`: processes die or freeze, or packets are lost, at every point where a
//! payment or a reversal waits for something, and afterwards the books are compared.
//!
//! There is one system for each strike: [`mod@stage`] holds an operation at each [`point`], all at
//! once; the [`strike`] hits all of them; then the books of each are compared.

mod held;
mod look;
mod point;
mod report;
mod scene;
mod stage;
mod strike;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::{Args, ValueEnum};
use futures::future::try_join_all;
use harness::{Books, Stack, network, profile_folder};
use tokio::sync::Mutex;

use crate::build::build_programs;
use crate::setup::temporal_cli;
use held::Held;
use report::{Column, Table};
use stage::{lift, stage};
use strike::Strike;

/// How long the operations may take to their ends after the strike; the slowest need two minutes.
const PATIENCE: Duration = Duration::from_secs(240);

/// How often staging may be tried.
const TRIES: usize = 3;

/// Which columns of the table.
#[derive(Args)]
pub(crate) struct CrashMatrix {
    /// Runs only these columns.
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Strike>,
}

/// Creates the table, and fails if one of its cells is wrong.
pub(crate) async fn crash_matrix(arguments: &CrashMatrix) -> anyhow::Result<ExitCode> {
    temporal_cli().await?;
    build_programs().await?;
    let no_network = network::enter().err();
    let strikes = match arguments.only.as_slice() {
        [] => Strike::value_variants(),
        only => only,
    };
    let begun = Instant::now();
    // Staging needs the machine for itself; the waits for the ends overlap.
    let machine = Mutex::new(());
    let columns = strikes.iter().map(async |&strike| {
        let seen = if strike.needs_own_network() && no_network.is_some() {
            None
        } else {
            Some(column(strike, &machine).await?)
        };
        anyhow::Ok(Column { strike, seen })
    });
    let table = Table {
        columns: try_join_all(columns).await?,
        took: begun.elapsed(),
    };
    let path = profile_folder()?.join("crash-matrix.md");
    std::fs::write(&path, table.document())
        .with_context(|| format!("{} can't be written", path.display()))?;
    println!("{}\nThis is in {} too.", table.document(), path.display());
    if let Some(reason) = no_network.filter(|_| table.not_run() > 0) {
        println!("{} cells were not run: {reason:#}", table.not_run());
    }
    Ok(if table.wrong() == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// One system, struck once; what was seen of each operation that it held.
async fn column(strike: Strike, machine: &Mutex<()>) -> anyhow::Result<Vec<(Held, Books)>> {
    let title = strike.title();
    let alone = machine.lock().await;
    let (mut stack, operations) = staged(strike).await.with_context(|| title)?;
    println!("{title}: all are at their points");
    let rest = strike.strike(&mut stack).await?;
    lift(&stack, &operations).await?;
    drop(alone);
    rest.conclude(&mut stack, operations.len()).await?;
    let mut seen = Vec::with_capacity(operations.len());
    let deadline = Instant::now() + PATIENCE;
    // One after the other: after waiting for the slowest, the others have ended too.
    for held in operations {
        let left = deadline.saturating_duration_since(Instant::now()).as_secs();
        let patience = format!("{}s", left.max(1));
        let books = stack.books(&held.operation.request_id, &patience).await?;
        seen.push((held, books));
    }
    println!("{title}: all ends are known");
    Ok(seen)
}

/// A system with its operations at their points; on a busy machine it may need a second try.
async fn staged(strike: Strike) -> anyhow::Result<(Stack, Vec<Held>)> {
    let scene = strike.scene();
    let operations = scene.operations();
    let mut tries = 0;
    loop {
        println!(
            "{}: staging {} operations",
            strike.title(),
            operations.len()
        );
        let builder = Stack::builder()
            .timings(scene.timings)
            .default_scenario(scene.partner())
            // The server hands out each step, and can be told to hold it back.
            .temporal_setting("system.enableActivityEagerExecution=false");
        let stack = strike.prepare(builder).start().await?;
        tries += 1;
        match stage(&stack, &scene, &operations).await {
            Err(error) if tries < TRIES => println!("{}: once more: {error:#}", strike.title()),
            staged => return staged.map(|()| (stack, operations)),
        }
    }
}
