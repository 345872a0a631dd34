//! The worker's memory with many open payments, and what a payment costs then.

use std::time::Duration;

use futures::{StreamExt, TryStreamExt, stream};
use harness::usage;
use payments_client::Payments;
use serde_json::json;
use workflows::contract::kind::Kind;

use crate::Arguments;
use crate::load::cost_of_each;
use crate::report::Figure;
use crate::scene::Scene;
use crate::subject::{Subject, new_id, request};

/// How many are started at a time.
const AT_A_TIME: usize = 32;

/// Until what was started has come to rest.
const REST: Duration = Duration::from_secs(3);

/// Memory and cost at each of these numbers of open payments. The floor is the cost with none.
pub(crate) async fn memory(
    scene: &Scene,
    arguments: &Arguments,
    open: &[usize],
) -> anyhow::Result<Vec<Figure>> {
    let ids = scene.stack.process_ids()?;
    let payments = scene.payments(Kind::ExtraPayment, None);
    let processes = [ids.worker, ids.temporal];
    // The first ones warm caches and connections.
    cost_of_each(&payments, &processes, arguments).await?;
    let (mut figures, mut opened, mut with_none) = (Vec::new(), 0, None);
    for count in open.iter().copied() {
        eprintln!("{count} open payments");
        open_more(scene, count - opened).await?;
        opened = count;
        let memory = usage::memory(ids.worker)? / 1_000;
        let what = format!("memory of the worker with {count} open");
        figures.push(Figure::new(what, "MB", vec![memory], vec![]));
        let cost = cost_of_each(&payments, &processes, arguments).await?;
        let floor = with_none.get_or_insert_with(|| cost.clone());
        for (at, process) in ["worker", "server"].into_iter().enumerate() {
            let what = format!("CPU of the {process} for a payment with {count} open");
            figures.push(Figure::new(what, "ms", vec![cost[at]], vec![floor[at]]));
        }
    }
    Ok(figures)
}

/// Starts payments that stay open, and waits until they rest.
async fn open_more(scene: &Scene, count: usize) -> anyhow::Result<()> {
    let Subject::Payment(client, kind, merchant) = scene.payments(Kind::ExtraPayment, None) else {
        unreachable!("payments are payments")
    };
    let partner = scene.stack.partner();
    let before = partner.operations().await?.len();
    let open = async |_| {
        let id = new_id();
        let scenario = json!({ "never_completes": true });
        partner.set_custom_scenario(&id, scenario).await?;
        client.start(kind, &request(&id, merchant)?).await?;
        anyhow::Ok(())
    };
    let started = stream::iter(0..count).map(open).buffer_unordered(AT_A_TIME);
    started.try_for_each(async |()| Ok(())).await?;
    while partner.operations().await?.len() < before + count {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    tokio::time::sleep(REST).await;
    Ok(())
}
