//! The worker's memory with many open payments, and what a payment costs then.

use std::time::{Duration, Instant};

use anyhow::Context;
use futures::{StreamExt, TryStreamExt, stream};
use harness::usage;
use payments_client::Payments;
use serde_json::json;
use workflows::contract::kind::Kind;

use crate::Arguments;
use crate::counts::{cost, shape};
use crate::load::{cost_of_each, micros};
use crate::report::{Figure, table};
use crate::scene::Scene;
use crate::subject::{Subject, new_id, request, start_floor};
use payments_bench::Shape;

/// How many are started at a time.
const AT_A_TIME: usize = 32;

/// How many are started before the partner has to have them.
const BACKLOG: usize = 1_000;

/// A worker is at rest once it takes no more than this much processor time in so long. Its pollers always
/// take a little.
const REST: Duration = Duration::from_secs(3);
const RESTING_CPU: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(120);

/// Whose processor time is measured.
const PROCESSES: [&str; 2] = ["worker", "server"];

/// For how many seconds it is measured what an open payment costs that only waits: four times as long as between two
/// listings.
const AT_REST_FOR: u32 = 60;

/// How many the worker and the floor's worker keep in their caches, by default.
const CACHED: usize = 1_000;

/// Memory and cost at each number of open payments, also while they only wait. The floor of a cost is that
/// with the least number but none, and the floor of the memory that of the floor's worker with as many open, as long
/// as its cache holds them.
pub(crate) async fn memory(scene: &Scene, arguments: &Arguments) -> anyhow::Result<Vec<Figure>> {
    anyhow::ensure!(
        arguments.open.first() == Some(&0) && arguments.open.is_sorted(),
        "--open: must begin with 0, and no number may be less than the one before it"
    );
    let ids = scene.stack.process_ids()?;
    let payments = scene.payments(Kind::ExtraPayment, None);
    let processes = [ids.worker, ids.temporal];
    // The first ones warm caches and connections.
    cost_of_each(&payments, &processes, arguments).await?;
    let shape = shape(Kind::ExtraPayment, &cost(scene, Kind::ExtraPayment).await?);
    let floor = scene.floor(shape);
    floor.run(arguments.payments, arguments.at_once).await?;
    let (mut figures, mut opened, mut idle, mut with_least) = (Vec::new(), 0, None, None);
    for count in arguments.open.iter().copied() {
        eprintln!("{count} open payments");
        let first = figures.len();
        open_more(scene, count - opened).await?;
        comes_to_rest(ids.worker).await?;
        let memory = usage::memory(ids.worker)? / 1_000;
        let mut floors = vec![];
        if count <= CACHED {
            open_more_of_floor(scene, shape, count - opened).await?;
            let floor = scene.floor_process().context("the floor has a worker")?;
            comes_to_rest(floor).await?;
            floors.push(usage::memory(floor)? / 1_000);
        }
        opened = count;
        let at_rest = cpu_at_rest(&processes).await?;
        let idle = idle.get_or_insert_with(|| at_rest.clone());
        for (at, process) in PROCESSES.into_iter().enumerate() {
            let what = format!("CPU of the {process} a second with {count} open that wait");
            figures.push(Figure::new(what, "ms", vec![at_rest[at]], vec![idle[at]]));
        }
        let what = format!("memory of the worker with {count} open");
        figures.push(Figure::new(what, "MB", vec![memory], floors));
        let mut costs = PROCESSES.map(|_| Vec::new());
        for _ in 0..arguments.rounds {
            let cost = cost_of_each(&payments, &processes, arguments).await?;
            for (costs, cost) in costs.iter_mut().zip(cost) {
                costs.push(cost);
            }
        }
        let floors = match count {
            0 => PROCESSES.map(|_| Vec::new()),
            _ => with_least.get_or_insert_with(|| costs.clone()).clone(),
        };
        for ((process, cost), floor) in PROCESSES.into_iter().zip(costs).zip(floors) {
            let what = format!("CPU of the {process} for a payment with {count} open");
            figures.push(Figure::new(what, "ms", cost, floor));
        }
        // The next number may take an hour.
        eprintln!("{}", table(&figures[first..]));
    }
    Ok(figures)
}

/// What each process takes in a second while nothing happens: the listing behind the gauges of open
/// operations, and the polls.
async fn cpu_at_rest(processes: &[u32]) -> anyhow::Result<Vec<u64>> {
    let mut taken = Vec::new();
    for process in processes {
        taken.push(usage::cpu(*process)?);
    }
    tokio::time::sleep(Duration::from_secs(AT_REST_FOR.into())).await;
    let taken = processes.iter().zip(taken);
    let taken =
        taken.map(|(process, before)| Ok(micros((usage::cpu(*process)? - before) / AT_REST_FOR)));
    taken.collect()
}

/// Starts payments that stay open, and waits again and again until the partner has nearly all of them: a backlog would
/// be a load of its own. Under load Temporal may lose the handing out of a step, and what was to be submitted by
/// it waits for its next question.
async fn open_more(scene: &Scene, count: usize) -> anyhow::Result<()> {
    let Subject::Payment(client, kind, merchant) = scene.payments(Kind::ExtraPayment, None) else {
        unreachable!("payments are payments")
    };
    let partner = scene.stack.partner();
    let open = async |_| {
        let id = new_id();
        let scenario = json!({ "never_completes": true });
        partner.set_custom_scenario(&id, scenario).await?;
        client.start(kind, &request(&id, merchant)?).await?;
        anyhow::Ok(())
    };
    let before = partner.operations().await?.len();
    for first in (0..count).step_by(BACKLOG) {
        let last = count.min(first + BACKLOG);
        let started = stream::iter(first..last)
            .map(open)
            .buffer_unordered(AT_A_TIME);
        started.try_for_each(async |()| Ok(())).await?;
        while partner.operations().await?.len() < before + last - last / 100 {
            tokio::time::sleep(Duration::from_secs(5)).await;
        }
    }
    Ok(())
}

/// The same of the floor.
async fn open_more_of_floor(scene: &Scene, shape: Shape, count: usize) -> anyhow::Result<()> {
    let open = Shape {
        stays_open: true,
        ..shape
    };
    let Subject::Floor(client, task_queue, shape) = scene.floor(open) else {
        unreachable!("the floor is the floor")
    };
    let start = |_| start_floor(&client, task_queue, shape, new_id());
    let started = stream::iter(0..count)
        .map(start)
        .buffer_unordered(AT_A_TIME);
    started.try_for_each(async |_| Ok(())).await
}

/// Waits until a worker has done all that can be done now, though not for ever on a busy machine.
async fn comes_to_rest(worker: u32) -> anyhow::Result<()> {
    let begun = Instant::now();
    while begun.elapsed() < LONGEST_WAIT {
        let before = usage::cpu(worker)?;
        tokio::time::sleep(REST).await;
        if usage::cpu(worker)? - before <= RESTING_CPU {
            break;
        }
    }
    Ok(())
}
