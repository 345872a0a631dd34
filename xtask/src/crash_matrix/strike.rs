//! What dies, and how it comes back.

use std::time::Duration;

use tests::Stack;

/// One column of the table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Strike {
    WorkerKilled,
    WorkerStopped,
    TemporalKilled,
    WorkerAndTemporalKilled,
    GatewayKilled,
}

pub(crate) const STRIKES: [Strike; 5] = [
    Strike::WorkerKilled,
    Strike::WorkerStopped,
    Strike::TemporalKilled,
    Strike::WorkerAndTemporalKilled,
    Strike::GatewayKilled,
];

/// How long what was killed stays away.
const ABSENCE: Duration = Duration::from_secs(2);

impl Strike {
    /// For the table.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Strike::WorkerKilled => "worker `kill -9`",
            Strike::WorkerStopped => "worker SIGTERM",
            Strike::TemporalKilled => "Temporal `kill -9`",
            Strike::WorkerAndTemporalKilled => "both `kill -9`",
            Strike::GatewayKilled => "gateway `kill -9`",
        }
    }

    /// Strikes while the worker is frozen with a first task in its hands, and brings back what
    /// was struck.
    pub(crate) async fn strike(self, stack: &mut Stack) -> anyhow::Result<()> {
        match self {
            Strike::WorkerKilled => {
                stack.kill_worker()?;
                tokio::time::sleep(ABSENCE).await;
                stack.start_worker().await
            }
            Strike::WorkerStopped => {
                stack.stop_worker().await?;
                stack.start_worker().await
            }
            Strike::TemporalKilled => {
                stack.temporal_mut().kill();
                stack.thaw_worker()?;
                tokio::time::sleep(ABSENCE).await;
                stack.temporal_mut().restart().await
            }
            Strike::WorkerAndTemporalKilled => {
                stack.kill_worker()?;
                stack.temporal_mut().kill();
                tokio::time::sleep(ABSENCE).await;
                stack.temporal_mut().restart().await?;
                stack.start_worker().await
            }
            Strike::GatewayKilled => {
                stack.kill_gateway();
                stack.thaw_worker()?;
                tokio::time::sleep(ABSENCE).await;
                stack.start_gateway().await
            }
        }
    }
}
