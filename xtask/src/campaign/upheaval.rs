//! Processes die and come back, freeze and continue, and packets are lost.

use std::time::Duration;

use harness::network::Loss;
use harness::{FaultProxy, Stack};
use tokio::time::sleep;

use super::field::Field;
use super::plan::{Blow, Plan, Upheaval};

/// Kills every planned process in its turn.
pub(crate) async fn strike_all(field: &Field, plan: &Plan) -> anyhow::Result<()> {
    for upheaval in &plan.upheavals {
        while field.diary().started < upheaval.after_starts {
            sleep(Duration::from_millis(50)).await;
        }
        strike(field, upheaval).await?;
        field.diary().write(upheaval.blow.as_str());
    }
    Ok(())
}

/// The lock is free while the process is down: calls then reach nobody, as in production.
async fn strike(field: &Field, upheaval: &Upheaval) -> anyhow::Result<()> {
    let stack = &field.stack;
    let down = sleep(Duration::from_millis(upheaval.lasts_ms));
    match upheaval.blow {
        Blow::WorkerKilled => {
            stack.write().await.kill_worker()?;
            down.await;
            stack.write().await.start_worker().await
        }
        Blow::WorkerFrozen => {
            stack.read().await.freeze_worker()?;
            stack.write().await.start_worker().await?;
            down.await;
            stack.read().await.thaw_worker()?;
            // It goes on with what it has in its hands.
            sleep(GOING_ON).await;
            stack.write().await.kill_worker()
        }
        Blow::GatewayKilled => {
            stack.write().await.kill_gateway();
            down.await;
            stack.write().await.start_gateway().await
        }
        Blow::TemporalKilled => {
            stack.write().await.temporal_mut().kill();
            down.await;
            stack.write().await.temporal_mut().restart().await
        }
        Blow::BillingDown => {
            stack.read().await.billing().set_down(true).await?;
            down.await;
            stack.read().await.billing().set_down(false).await
        }
        Blow::PacketsLost => {
            let losses = toward_the_partners(&*stack.read().await)?;
            down.await;
            drop(losses);
            Ok(())
        }
    }
}

fn toward_the_partners(stack: &Stack) -> anyhow::Result<[Loss; 2]> {
    let proxies = stack.proxies();
    let toward = |proxy: &FaultProxy| Loss::toward(proxy.address()?);
    Ok([toward(&proxies[SKY])?, toward(&proxies[STRIPE])?])
}

/// The places of their proxies.
const SKY: usize = 0;
const STRIPE: usize = 3;

const GOING_ON: Duration = Duration::from_secs(3);
