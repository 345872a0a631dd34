//! What a payment costs, beside the least that it could cost in the same minutes on the same machine.
//! `cargo xtask bench payments` builds everything in release and runs it.
//!
//! Whatever else the machine does slows payments and the floor alike, since their rounds alternate. So
//! the ratios say more than the figures.

mod calls;
mod counts;
mod isolation;
mod load;
mod memory;
mod report;
mod scene;
mod signatures;
mod start;
mod subject;

use clap::{Parser, ValueEnum};
use mimalloc::MiMalloc;

use payments_bench::Floor;
use report::Figure;
use scene::{Scene, Storage};

/// As the worker has it.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[derive(Parser)]
#[command(name = "cargo xtask bench payments")]
struct Arguments {
    /// What to measure; everything by default.
    #[arg(long, value_enum, value_delimiter = ',')]
    parts: Vec<Part>,
    /// How many rounds each subject gets.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// How many payments a round has.
    #[arg(long, default_value_t = 400)]
    payments: usize,
    /// How many of them are under way at once where processor time is measured.
    #[arg(long, default_value_t = 32)]
    at_once: usize,
    /// How many are under way at once where payments per second are measured.
    #[arg(long, value_delimiter = ',', default_value = "1,32,256")]
    concurrency: Vec<usize>,
    /// How many payments a round has beside those that hang: a p99 leaves out a hundredth of them.
    #[arg(long, default_value_t = 400)]
    quick: usize,
    /// Where Temporal's database is.
    #[arg(long, value_enum, value_delimiter = ',', default_value = "memory,file")]
    storage: Vec<Storage>,
    /// With how many open payments the memory is measured; on two cores some twenty are opened in a second.
    #[arg(long, value_delimiter = ',', default_value = "0,1000")]
    open: Vec<usize>,
    /// A line for the worker's table `[worker]`, such as "pollers = 5"; can be given again.
    #[arg(long = "worker-setting")]
    worker_settings: Vec<String>,
    /// As a table, or as JSON.
    #[arg(long, value_enum, default_value = "table")]
    output: Output,
    /// Serves the floor instead.
    #[arg(long, hide = true)]
    floor: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Processor time, events, bytes and calls for each payment.
    Cpu,
    /// Payments per second and latencies.
    Concurrency,
    /// One account beside another one whose partner or billing is slow or silent.
    Isolation,
    /// The worker's memory with open payments.
    Memory,
    /// One signature, and one call of the partner.
    Calls,
    /// The time to start, and the size of the programs.
    Start,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    Table,
    Json,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    if arguments.floor {
        return payments_bench::serve(Floor::Short).await;
    }
    let wants = |part| arguments.parts.is_empty() || arguments.parts.contains(&part);
    let settings = &arguments.worker_settings;
    let mut figures = Vec::new();
    // A table comes when its part is done: all of them take an hour.
    let mut add = |measured: Vec<Figure>| {
        if arguments.output == Output::Table {
            println!("{}\n", report::table(&measured));
        }
        figures.extend(measured);
    };
    for storage in arguments.storage.iter().copied() {
        let name = match storage {
            Storage::Memory => "Temporal in memory",
            Storage::File => "Temporal on a file",
        };
        if wants(Part::Cpu) {
            let mut scene = Scene::start(storage, settings).await?;
            add(load::cpu(&mut scene, name, &arguments).await?);
        }
        if wants(Part::Concurrency) {
            let mut scene = Scene::start(storage, settings).await?;
            add(load::concurrency(&mut scene, name, &arguments).await?);
        }
    }
    if wants(Part::Isolation) {
        let mut scene = Scene::start(Storage::Memory, settings).await?;
        add(isolation::isolation(&mut scene, &arguments).await?);
    }
    if wants(Part::Memory) {
        let scene = Scene::start(Storage::Memory, settings).await?;
        add(memory::memory(&scene, &arguments).await?);
    }
    if wants(Part::Calls) {
        add(signatures::signatures(&arguments)?);
        let scene = Scene::start(Storage::Memory, settings).await?;
        add(calls::calls(&scene, &arguments).await?);
    }
    if wants(Part::Start) {
        let mut scene = Scene::start(Storage::Memory, settings).await?;
        add(start::start(&mut scene, &arguments).await?);
    }
    if arguments.output == Output::Json {
        println!("{:#}", report::json(&figures));
    }
    Ok(())
}
