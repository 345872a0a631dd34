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
mod sign;
mod stage;
mod strike;
mod stripe_point;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::{Args, ValueEnum};
use futures::future::try_join_all;
use harness::{Books, Stack, network, profile_folder};
use tokio::sync::{Mutex, Semaphore};

use crate::build::build_programs;
use crate::setup::temporal_cli;
use held::Held;
use report::{Column, Table};
use stage::{lift, pay, stage};
use strike::Strike;

/// How long the operations may take to their ends after the strike; the slowest wait for the deadline of a
/// step that nobody began. Less than until an operation needs attention, which would rescue it.
const PATIENCE: Duration = Duration::from_secs(600);

/// How many systems run beside each other: two cores are enough for these.
const SYSTEMS_AT_ONCE: usize = 3;

/// How often staging may be tried.
const TRIES: usize = 5;

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
    // Staging needs the machine for itself. The waits for the ends overlap, of few: each is a system
    // that works.
    let machine = Mutex::new(());
    let systems = Semaphore::new(SYSTEMS_AT_ONCE);
    let columns = strikes.iter().map(async |&strike| {
        let _system = systems.acquire().await?;
        let seen = if strike.needs_own_network() && no_network.is_some() {
            None
        } else {
            Some(column(strike, &machine).await?)
        };
        let column = Column { strike, seen };
        if column.seen.is_some() {
            println!("{}: wrong cells: {}", strike.title(), column.wrong());
        }
        anyhow::Ok(column)
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
    Ok(ExitCode::from(u8::from(table.wrong() > 0)))
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
    Ok(seen)
}

/// A system with its operations at their points; on a busy machine it may need a second try.
async fn staged(strike: Strike) -> anyhow::Result<(Stack, Vec<Held>)> {
    let scene = strike.scene();
    let mut tries = 0;
    loop {
        let operations = scene.operations();
        println!(
            "{}: staging {} operations",
            strike.title(),
            operations.len()
        );
        let builder = Stack::builder()
            .timings(scene.timings)
            .temporal_on_disk()
            .default_scenario(scene.partner())
            .with_stripe()
            // The server hands out each step, and can be told to hold it back.
            .temporal_setting("system.enableActivityEagerExecution=false");
        let stack = strike.prepare(builder).start().await?;
        tries += 1;
        let operations = pay(&stack, operations).await?;
        match stage(&stack, &scene, &operations).await {
            Err(error) if tries < TRIES => println!("{}: once more: {error:#}", strike.title()),
            staged => return staged.map(|()| (stack, operations)),
        }
    }
}
