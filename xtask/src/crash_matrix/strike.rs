//! What is killed, frozen or lost, and how it comes back.

use std::time::Duration;

use anyhow::Context;
use clap::ValueEnum;
use harness::network::Loss;
use harness::{Builder, Policy, Stack};
use tokio::time::{sleep, timeout};

use super::scene::Scene;
use super::stage::{DEADLINE, REQUEST_TIMEOUT};

/// One column of the table.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Strike {
    WorkerKilled,
    WorkerStopped,
    TemporalKilled,
    WorkerAndTemporalKilled,
    GatewayKilled,
    WorkerFrozenBriefly,
    WorkerFrozenPastDeadlines,
    WorkerFrozenUntilOthersSubmit,
    PacketsLost,
    SubmissionsLate,
}

/// What a strike leaves to be done while the operations go on.
pub(crate) enum Rest {
    Nothing,
    /// The frozen worker goes on this much later.
    Thaw(Duration),
    /// The frozen worker goes on when the partner has half of the operations from another one.
    ThawBesideSubmissions,
    /// No more packets are lost so much later, and what is still under way arrives within the rest.
    EndOfLoss(Vec<Loss>, Duration, Duration),
}

/// The places of the partners' proxies.
const SKY: usize = 0;
const STRIPE: usize = 3;

/// How long what was killed stays away.
const ABSENCE: Duration = Duration::from_secs(2);

/// How much later than the last deadline the frozen worker goes on, and is looked after.
const LATE: Duration = Duration::from_secs(5);

/// How long the packets of submissions are lost: the next time that the kernel would send them again is
/// a few seconds later.
const LOST_FOR: Duration = Duration::from_secs(10);

/// From then until whatever arrived is shown.
const ALL_HAS_ARRIVED: Duration = Duration::from_secs(30);

/// How long another worker may take to submit what a frozen one has.
const PATIENCE: Duration = Duration::from_secs(55);

impl Strike {
    /// For the table.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Strike::WorkerKilled => "worker `kill -9`",
            Strike::WorkerStopped => "worker SIGTERM",
            Strike::TemporalKilled => "Temporal `kill -9`",
            Strike::WorkerAndTemporalKilled => "both `kill -9`",
            Strike::GatewayKilled => "gateway `kill -9`",
            Strike::WorkerFrozenBriefly => "worker SIGSTOP, on before its deadline",
            Strike::WorkerFrozenPastDeadlines => "worker SIGSTOP, on after its deadline",
            Strike::WorkerFrozenUntilOthersSubmit => {
                "worker SIGSTOP, on when another has submitted"
            }
            Strike::PacketsLost => "packets lost toward the partners",
            Strike::SubmissionsLate => "submissions lost, and sent again by the kernel",
        }
    }

    /// Whether it takes a network of this program's own.
    pub(crate) fn needs_own_network(self) -> bool {
        matches!(self, Strike::PacketsLost | Strike::SubmissionsLate)
    }

    /// Where it falls.
    pub(crate) fn scene(self) -> Scene {
        match self {
            Strike::WorkerFrozenUntilOthersSubmit => Scene::STEP_NOT_BEGUN,
            Strike::SubmissionsLate => Scene::SUBMISSION_LATE,
            _ => Scene::EVERY_POINT,
        }
    }

    /// The system that it strikes.
    pub(crate) fn prepare(self, builder: Builder) -> Builder {
        match self {
            // Packets are lost before the proxy, so that the partner can still be told to lift.
            Strike::PacketsLost | Strike::SubmissionsLate => builder.fault_proxies(Policy::NONE),
            _ => builder,
        }
    }

    /// Strikes while the worker is frozen and holds a first task, and restores what was struck, or
    /// leaves that for later.
    pub(crate) async fn strike(self, stack: &mut Stack) -> anyhow::Result<Rest> {
        match self {
            Strike::WorkerKilled => {
                stack.kill_worker()?;
                sleep(ABSENCE).await;
                stack.start_worker().await?;
            }
            Strike::WorkerStopped => {
                stack.stop_worker().await?;
                stack.start_worker().await?;
            }
            Strike::TemporalKilled => {
                stack.temporal_mut().kill();
                stack.thaw_worker()?;
                sleep(ABSENCE).await;
                stack.temporal_mut().restart().await?;
            }
            Strike::WorkerAndTemporalKilled => {
                stack.kill_worker()?;
                stack.temporal_mut().kill();
                sleep(ABSENCE).await;
                stack.temporal_mut().restart().await?;
                stack.start_worker().await?;
            }
            Strike::GatewayKilled => {
                stack.kill_gateway();
                stack.thaw_worker()?;
                sleep(ABSENCE).await;
                stack.start_gateway().await?;
            }
            // It is frozen already.
            Strike::WorkerFrozenBriefly => return Ok(Rest::Thaw(REQUEST_TIMEOUT)),
            Strike::WorkerFrozenPastDeadlines => {
                stack.start_worker().await?;
                return Ok(Rest::Thaw(DEADLINE + LATE));
            }
            Strike::WorkerFrozenUntilOthersSubmit => {
                stack.start_worker().await?;
                return Ok(Rest::ThawBesideSubmissions);
            }
            Strike::PacketsLost | Strike::SubmissionsLate => {
                let proxies = [&stack.proxies()[SKY], &stack.proxies()[STRIPE]];
                let losses = proxies.map(|proxy| Loss::toward(proxy.address()?));
                let loss = losses.into_iter().collect::<anyhow::Result<_>>()?;
                stack.thaw_worker()?;
                return Ok(match self {
                    Strike::SubmissionsLate => Rest::EndOfLoss(loss, LOST_FOR, ALL_HAS_ARRIVED),
                    _ => Rest::EndOfLoss(loss, REQUEST_TIMEOUT + LATE, Duration::ZERO),
                });
            }
        }
        Ok(Rest::Nothing)
    }
}

impl Rest {
    /// Does what is left, in its time.
    pub(crate) async fn conclude(self, stack: &mut Stack, operations: usize) -> anyhow::Result<()> {
        match self {
            Rest::Nothing => {}
            Rest::Thaw(pause) => {
                sleep(pause).await;
                thaw(stack).await?;
            }
            Rest::ThawBesideSubmissions => {
                timeout(PATIENCE, until_taken_on(stack, operations / 2))
                    .await
                    .context("the other worker does not submit")??;
                thaw(stack).await?;
            }
            Rest::EndOfLoss(loss, pause, arrival) => {
                sleep(pause).await;
                drop(loss);
                sleep(arrival).await;
            }
        }
        Ok(())
    }
}

async fn thaw(stack: &mut Stack) -> anyhow::Result<()> {
    stack.thaw_worker()?;
    // The SDK of a debug build panics at a second task for a run that it holds one of.
    sleep(LATE).await;
    stack.replace_ended_workers().await
}

async fn until_taken_on(stack: &Stack, operations: usize) -> anyhow::Result<()> {
    while stack.partner().operations().await?.len() < operations {
        sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}
