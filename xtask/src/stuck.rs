//! `cargo xtask stuck`: 2,000 payments and refunds, of which some are stuck, and the three commands
//! that find, explain and resolve those and no others.

use std::process::{ExitCode, Output};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use clap::Args;
use futures::{StreamExt, TryStreamExt, stream};
use harness::{Operation, OperationKind, Stack, Timings};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use tokio::process::Command;
use tokio::time::sleep;

use crate::build::build_programs;
use crate::setup::temporal_cli;

/// How many there are.
#[derive(Args)]
pub(crate) struct Stuck {
    /// How many payments and refunds.
    #[arg(long, default_value_t = 2000)]
    payments: usize,
    /// How many of them the partner has with another amount.
    #[arg(long, default_value_t = 40)]
    stuck: usize,
}

/// Runs it; fails if a stuck one is left, or if another one was touched.
pub(crate) async fn stuck(arguments: &Stuck) -> anyhow::Result<ExitCode> {
    let Stuck { payments, stuck } = *arguments;
    ensure!(stuck <= payments, "--stuck: at most as many as --payments");
    temporal_cli().await?;
    build_programs().await?;
    println!("Starting Temporal, the worker, the callback gateway, the partner and billing");
    let stack = start().await?;
    for n in (0..payments).filter(|n| is_stuck(*n, arguments)) {
        // The partner creates it with another amount, and says so.
        let other = json!({ "reports_amount": "1.00" });
        stack.partner().set_custom_scenario(&id(n), other).await?;
    }
    let begun = Instant::now();
    start_all(&stack, payments).await?;
    let ended = payments - stuck;
    until(&stack, r#"SkyOutcome = "completed""#, ended).await?;
    until(&stack, NEEDS_ATTENTION, stuck).await?;
    let took = begun.elapsed().as_secs();
    println!("{payments} payments and refunds in {took} s: {ended} completed, {stuck} are stuck");

    for command in commands(stuck) {
        run(&stack, &command).await?;
    }
    until(&stack, NEEDS_ATTENTION, 0).await?;
    until(&stack, r#"SkyOutcome = "abandoned""#, stuck).await?;
    until(&stack, r#"SkyOutcome = "completed""#, ended).await?;
    let moved = stack.partner().whole_ledger().await?.len();
    ensure!(moved == payments, "the partner moved money {moved} times");
    println!("All {stuck} stuck ones are resolved, and no other one was touched.");
    Ok(ExitCode::SUCCESS)
}

/// Find, explain, resolve.
fn commands(stuck: usize) -> [Vec<String>; 3] {
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<String>>();
    let resolve = "resolve --phase needs_attention --cause other_amount --as abandoned \
                   --operator ann --ticket OPS-7";
    let mut resolve = words(resolve);
    for (name, value) in [
        (
            "--reason",
            "the partner made it of another amount".to_owned(),
        ),
        ("--confirm", format!("resolve {stuck} as abandoned")),
    ] {
        resolve.extend([name.to_owned(), value]);
    }
    [
        words("list --phase needs_attention --at-stake --limit 5"),
        words("explain --phase needs_attention"),
        resolve,
    ]
}

async fn start() -> anyhow::Result<Stack> {
    Stack::builder()
        .timings(TIMINGS)
        // Answered with the end, a payment takes few events: there are many of them.
        .default_scenario(json!({
            "completes_after": "0s", "callback": { "when": "never" },
            "second_submission": "charges_again",
        }))
        .start()
        .await
}

async fn start_all(stack: &Stack, payments: usize) -> anyhow::Result<()> {
    let style = ProgressStyle::with_template("{bar:30} {pos} of {len} started, {elapsed}");
    let bar = ProgressBar::new(payments as u64).with_style(style?);
    let starts = stream::iter(0..payments).map(|n| start_one(stack, n));
    starts
        .buffer_unordered(AT_A_TIME)
        .inspect_ok(|()| bar.inc(1))
        .try_collect::<()>()
        .await?;
    bar.finish_and_clear();
    Ok(())
}

async fn start_one(stack: &Stack, n: usize) -> anyhow::Result<()> {
    let kind = if n.is_multiple_of(2) {
        OperationKind::ExtraPayment
    } else {
        OperationKind::Reversal
    };
    let amount = format!("{}.50", 100 + n % 400);
    let operation = Operation::new(kind, &id(n)).of(&amount, "KGS");
    let output = output(stack, &operation.start_arguments()).await?;
    let words = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "{} is not started: {words}",
        operation.request_id
    );
    Ok(())
}

/// As an operator sees it.
async fn run(stack: &Stack, command: &[String]) -> anyhow::Result<()> {
    let mut arguments: Vec<&str> = command.iter().map(String::as_str).collect();
    println!("\n$ sky-payments {}", shown(command));
    arguments.extend(["--output", "text"]);
    let begun = Instant::now();
    let output = output(stack, &arguments).await?;
    print!("{}", String::from_utf8_lossy(&output.stdout));
    println!("({:.1?})", begun.elapsed());
    let words = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{}: {words}", output.status);
    Ok(())
}

async fn output(stack: &Stack, arguments: &[&str]) -> anyhow::Result<Output> {
    let command = stack.payments_command(arguments)?;
    let output = Command::from(command).kill_on_drop(true).output().await;
    output.context("sky-payments can't be started")
}

/// Waits until Temporal's list, which lags, has this many.
async fn until(stack: &Stack, query: &str, many: usize) -> anyhow::Result<()> {
    let begun = Instant::now();
    let mut found = Value::Null;
    while begun.elapsed() < PATIENCE {
        let counted = stack
            .temporal()
            .cli(&["workflow", "count", "--query", query])
            .await?;
        found = counted["count"].clone();
        // Protobuf's JSON writes 64-bit numbers as strings, and leaves a zero out.
        let count = found.as_str().map_or(Some(0), |count| count.parse().ok());
        if count == Some(many) {
            return Ok(());
        }
        sleep(PAUSE).await;
    }
    anyhow::bail!("{many} were waited for by {query}; there are {found}")
}

fn id(n: usize) -> String {
    format!("ride-{n}-pay")
}

/// Spread over all of them.
fn is_stuck(n: usize, arguments: &Stuck) -> bool {
    let Stuck { payments, stuck } = *arguments;
    (n + 1) * stuck / payments > n * stuck / payments
}

fn shown(command: &[String]) -> String {
    let quoted = command.iter().map(|word| {
        if word.contains(' ') {
            format!("'{word}'")
        } else {
            word.clone()
        }
    });
    quoted.collect::<Vec<String>>().join(" ")
}

const NEEDS_ATTENTION: &str = r#"SkyPhase = "needs_attention" AND CloseTime IS NULL"#;

/// Slow, so that waiting operations cost little while so many are open.
const TIMINGS: Timings = Timings {
    request_timeout: "5s",
    first_check: "5s",
    growth: 2,
    longest_pause: "1m",
    shows_within: "4s",
    needs_attention_after: "30m",
    attention_check: "10m",
    look_again_after: None,
};

/// How many programs start payments at the same time.
const AT_A_TIME: usize = 8;

const PATIENCE: Duration = Duration::from_secs(300);

const PAUSE: Duration = Duration::from_secs(1);
