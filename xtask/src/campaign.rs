//! `cargo xtask campaign`: many payments and refunds at two partners, most of them unlucky, while processes die;
//! and at the end, whether every book agrees.
//!
//! Read in this order: `plan` is what is going to happen, all of it from a seed; `field` is where
//! it happens; `operation`, `verb`, `upheaval` and `operator` make it happen; `report` holds the books
//! against each other, and `occurrence` asks whether the faults really struck.

mod act;
mod fault;
mod faults;
mod plan;

mod field;
mod operation;
mod operator;
mod progress;
mod upheaval;
mod verb;

mod occurrence;
mod repeat;
mod report;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use futures::future::{try_join, try_join_all};
use harness::{Policy, Stack, Timings, network};
use serde_json::json;
use tokio::sync::Semaphore;
use tokio::time::sleep;

use crate::build::build_programs;
use crate::setup::temporal_cli;
use field::Field;
use plan::{Blow, Plan, Planned};
use report::Report;

/// How large, and how hard.
#[derive(Args)]
pub(crate) struct Campaign {
    /// How many payments and refunds.
    #[arg(long, default_value_t = 300)]
    payments: usize,
    /// From which all that is asked for and all that goes wrong follows.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// What the partner does with a second submission of one request.
    #[arg(long, value_enum, default_value_t = SecondSubmission::Dedupe)]
    partner: SecondSubmission,
    /// For how long the partner's status does not know what it has accepted; 4s at most, which the
    /// worker is told to allow for.
    #[arg(long, default_value = "0s", value_parser = status_lag)]
    status_lag: Duration,
    /// Prints the plan, and does nothing.
    #[arg(long)]
    plan_only: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum SecondSubmission {
    Dedupe,
    ChargesAgain,
}

/// Runs a campaign; fails when a difference is not explained, or when a fault never struck.
pub(crate) async fn campaign(campaign: &Campaign) -> anyhow::Result<ExitCode> {
    let mut plan = Plan::new(campaign.seed, campaign.payments);
    if campaign.plan_only {
        print!("{plan}");
        return Ok(ExitCode::SUCCESS);
    }
    temporal_cli().await?;
    build_programs().await?;
    let no_network = network::enter().err();
    if no_network.is_some() {
        plan.leave_out(Blow::PacketsLost);
    }
    println!(
        "{} payments and refunds from seed {}: {} kinds of trouble",
        campaign.payments,
        campaign.seed,
        plan.kinds().len()
    );
    let field = Field::new(start(campaign).await?);
    let upheavals = upheaval::strike_all(&field, &plan);
    carry_out(&field, &plan, &plan.operations, upheavals).await?;
    try_again(&mut plan, &field).await?;
    let report = Report::gather(&plan, &field).await?;
    report.keep_histories(&field, campaign.seed).await?;
    println!("{}", report.text());
    if let Some(reason) = no_network {
        println!("NOT RUN  {}: {reason:#}", Blow::PacketsLost.as_str());
    }
    Ok(if report.is_good() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn start(campaign: &Campaign) -> anyhow::Result<Stack> {
    let second_submission = match campaign.partner {
        SecondSubmission::Dedupe => "dedupe",
        SecondSubmission::ChargesAgain => "charges_again",
    };
    let lag = campaign.status_lag.as_millis();
    Stack::builder()
        .timings(TIMINGS)
        .temporal_on_disk()
        .with_stripe()
        .default_scenario(json!({
            "second_submission": second_submission, "status_lag": format!("{lag}ms")
        }))
        // Each step is handed out by the server, so that a worker may be frozen before it begins one.
        .temporal_setting("system.enableActivityEagerExecution=false")
        .temporal_setting("frontend.WorkflowPauseEnabled=true")
        .fault_proxies(Policy {
            seed: campaign.seed,
            one_in: ONE_CONNECTION_IN,
            life: CONNECTION_LIFE,
        })
        .start()
        .await
}

/// Carries out these operations of the plan, beside whatever else happens meanwhile.
async fn carry_out(
    field: &Field,
    plan: &Plan,
    operations: &[Planned],
    meanwhile: impl Future<Output = anyhow::Result<()>>,
) -> anyhow::Result<()> {
    let slots = Semaphore::new(AT_A_TIME);
    let stack = field.stack.read().await;
    stack.billing().set_faults(plan.billing_faults()).await?;
    let rules = plan.delivery_rules();
    stack.stripe()?.set_delivery_rules(rules).await?;
    // Nobody could kill a process while it is held.
    drop(stack);
    field.diary().last_ending = Instant::now();
    let operations = operations
        .iter()
        .map(|planned| operation::carry_out(field, planned, &slots));
    let all = try_join(try_join_all(operations), meanwhile);
    tokio::select! {
        done = all => done.map(|_| ())?,
        never = operator::watch(field, plan) => never?,
        stalled = progress::watch(field, plan.operations.len()) => stalled?,
    }
    // Whatever comes late, such as a second movement, still shows in the books.
    sleep(AFTERMATH).await;
    operator::look(field).await
}

/// One trouble can keep an operation from another one that was planned for it: a payment that is cancelled
/// at its creation is never confirmed. So what never occurred is planned anew, while no process dies.
async fn try_again(plan: &mut Plan, field: &Field) -> anyhow::Result<()> {
    for _ in 0..TRIES {
        let report = Report::gather(plan, field).await?;
        // What is wrong already is not to be lost in more trouble.
        if report.unexplained().next().is_some() {
            break;
        }
        let missed = report.void;
        let again = plan.again(&missed);
        if again.is_empty() {
            break;
        }
        println!(
            "Once more, because it never occurred: {}",
            missed.join(", ")
        );
        plan.operations.extend(again.iter().cloned());
        carry_out(field, plan, &again, async { Ok(()) }).await?;
    }
    Ok(())
}

fn status_lag(text: &str) -> Result<Duration, String> {
    let lag: jiff::SignedDuration = text.parse().map_err(|error| format!("{error}"))?;
    let lag = Duration::try_from(lag).map_err(|error| error.to_string())?;
    if lag <= Duration::from_secs(4) {
        Ok(lag)
    } else {
        Err("must be 4s at most".to_owned())
    }
}

/// Seconds in place of the minutes and hours of real payments.
const TIMINGS: Timings = Timings {
    request_timeout: "1s",
    first_check: "1s",
    growth: 2,
    longest_pause: "4s",
    shows_within: "3s",
    needs_attention_after: "45s",
    attention_check: "3s",
    look_again_after: None,
};

/// What the development server can bear.
const AT_A_TIME: usize = 12;

/// How often what never occurred is planned anew.
const TRIES: usize = 3;

/// About one connection in so many is broken, where it lives long enough.
const ONE_CONNECTION_IN: u32 = 5;

/// Short, so that a process makes many connections.
const CONNECTION_LIFE: Duration = Duration::from_millis(100);

const AFTERMATH: Duration = Duration::from_secs(6);
