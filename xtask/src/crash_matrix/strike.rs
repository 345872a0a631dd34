//! What dies, stops or is lost, and how it comes back.

use std::time::Duration;

use clap::ValueEnum;
use harness::network::Loss;
use harness::{Builder, Policy, Stack};
use tokio::time::sleep;

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
    PacketsLost,
}

/// What a strike leaves to be done while the operations go on.
pub(crate) enum Rest {
    Nothing,
    /// The frozen worker goes on this much later.
    Thaw(Duration),
    /// No more packets are lost this much later.
    EndOfLoss(Loss, Duration),
}

/// How long what was killed stays away.
const ABSENCE: Duration = Duration::from_secs(2);

/// How much later than the last deadline the frozen worker goes on, and is looked after.
const LATE: Duration = Duration::from_secs(5);

impl Strike {
    /// For the table.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Strike::WorkerKilled => "worker `kill -9`",
            Strike::WorkerStopped => "worker SIGTERM",
            Strike::TemporalKilled => "Temporal `kill -9`",
            Strike::WorkerAndTemporalKilled => "both `kill -9`",
            Strike::GatewayKilled => "gateway `kill -9`",
            Strike::WorkerFrozenBriefly => "worker SIGSTOP, on before its deadline",
            Strike::WorkerFrozenPastDeadlines => "worker SIGSTOP, on after its deadline",
            Strike::PacketsLost => "packets lost toward the partner",
        }
    }

    /// Whether it takes a network of this program's own.
    pub(crate) fn needs_own_network(self) -> bool {
        self == Strike::PacketsLost
    }

    /// The system that it strikes.
    pub(crate) fn prepare(self, builder: Builder) -> Builder {
        match self {
            // Packets are lost before the proxy, so that the partner can still be told to lift.
            Strike::PacketsLost => builder.fault_proxies(Policy::NONE),
            _ => builder,
        }
    }

    /// Strikes while the worker is frozen with a first task in its hands, and brings back what
    /// was struck, or leaves that for later.
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
            Strike::PacketsLost => {
                let loss = Loss::toward(stack.proxies()[0].address()?)?;
                stack.thaw_worker()?;
                return Ok(Rest::EndOfLoss(loss, REQUEST_TIMEOUT + LATE));
            }
        }
        Ok(Rest::Nothing)
    }
}

impl Rest {
    /// Does what is left, in its time.
    pub(crate) async fn conclude(self, stack: &mut Stack) -> anyhow::Result<()> {
        match self {
            Rest::Nothing => {}
            Rest::Thaw(pause) => {
                sleep(pause).await;
                stack.thaw_worker()?;
                // The SDK of a debug build panics at a second task for a run that it holds one of.
                sleep(LATE).await;
                stack.replace_ended_workers().await?;
            }
            Rest::EndOfLoss(loss, pause) => {
                sleep(pause).await;
                drop(loss);
            }
        }
        Ok(())
    }
}
