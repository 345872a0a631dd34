//! Processor time and latencies under load, in rounds that alternate with the floor's.

use std::time::Duration;

use harness::usage;
use workflows::contract::kind::Kind;

use crate::Arguments;
use crate::counts::{cost, figures, figures_of_a_day, shape};
use crate::report::Figure;
use crate::scene::Scene;
use crate::subject::{Load, Subject};
use payments_bench::{CALLED_BACK_AFTER, Shape};

/// What is still under way when the last result is there, such as the server's indexing.
const AFTERMATH: Duration = Duration::from_millis(500);

/// The payments that warm caches and connections.
const WARM_UP: usize = 20;

/// How many payments are made one after the other, in a round.
const LONE: usize = 20;

/// A load, and the processor time that each of these processes took for one of it.
struct Measured {
    load: Load,
    cpu: Vec<Duration>,
}

/// What each process pays for a payment, beside the floor in Rust and in Python.
pub(crate) async fn cpu(
    scene: &mut Scene,
    name: &str,
    arguments: &Arguments,
) -> anyhow::Result<Vec<Figure>> {
    scene.start_plain_floor().await?;
    if let Err(missing) = scene.start_python().await {
        eprintln!("Python is left out: {missing:#}");
    }
    let mut all = Vec::new();
    for (kind, what) in [
        (Kind::ExtraPayment, "extra payment"),
        (Kind::PaymentReversal, "reversal"),
    ] {
        let what = format!("{what}, {name}");
        let cost = cost(scene, kind).await?;
        all.extend(figures(&what, &cost));
        if kind == Kind::ExtraPayment {
            all.extend(figures_of_a_day(&cost).await?);
        }
        all.extend(cpu_of(scene, &what, kind, shape(kind, &cost), arguments).await?);
    }
    Ok(all)
}

async fn cpu_of(
    scene: &Scene,
    what: &str,
    kind: Kind,
    shape: Shape,
    arguments: &Arguments,
) -> anyhow::Result<Vec<Figure>> {
    let ids = scene.stack.process_ids()?;
    let plain = Shape {
        is_short: false,
        ..shape
    };
    let mut all = vec![
        Rounds::of(scene.payments(kind, None), [ids.worker, ids.gateway].into()),
        Rounds::of(
            scene.floor(shape),
            scene.floor_process().into_iter().collect(),
        ),
        Rounds::of(
            scene.floor(plain),
            scene.plain_process().into_iter().collect(),
        ),
    ];
    if let Some(python) = scene.python_process() {
        all.push(Rounds::of(scene.floor_in_python(plain), vec![python]));
    }
    for rounds in &all {
        rounds.subject.run(WARM_UP, arguments.at_once).await?;
    }
    for round in 1..=arguments.rounds {
        eprintln!("{what}: round {round} of {}", arguments.rounds);
        // Each second round goes backwards, so that what one leaves behind does not always slow the same one.
        let mut order: Vec<_> = all.iter_mut().collect();
        if round % 2 == 0 {
            order.reverse();
        }
        for rounds in order {
            rounds.play(ids.temporal, arguments).await?;
        }
    }
    let [own, floor, plain, python @ ..] = all.as_slice() else {
        unreachable!("payments and two floors are measured")
    };
    let figure = |part: &str, own, floor| Figure::new(format!("{what}: {part}"), "ms", own, floor);
    let mut figures = vec![
        figure("CPU of worker and gateway", own.workers(), floor.workers()),
        figure(
            "CPU of worker and gateway, beside the plain floor",
            own.workers(),
            plain.workers(),
        ),
        figure(
            "CPU of the worker alone, beside the plain floor",
            own.worker(),
            plain.workers(),
        ),
        figure("CPU of the server", own.server(), floor.server()),
        figure(
            "CPU of the server, beside the plain floor",
            own.server(),
            plain.server(),
        ),
        figure(
            &format!("p50 at {} at once", arguments.at_once),
            own.p50(),
            floor.p50(),
        ),
        figure(
            &format!(
                "p50 at {} at once, beside the plain floor",
                arguments.at_once
            ),
            own.p50(),
            plain.p50(),
        ),
    ];
    if let [python] = python {
        let part = "CPU of the worker alone, beside the plain floor in Python";
        figures.push(figure(part, own.worker(), python.workers()));
    }
    Ok(figures)
}

/// A subject, with what was measured in each round.
struct Rounds {
    subject: Subject,
    /// The worker first.
    processes: Vec<u32>,
    measured: Vec<Measured>,
}

impl Rounds {
    fn of(subject: Subject, processes: Vec<u32>) -> Rounds {
        Rounds {
            subject,
            processes,
            measured: Vec::new(),
        }
    }

    async fn play(&mut self, server: u32, arguments: &Arguments) -> anyhow::Result<()> {
        let processes = [self.processes.as_slice(), &[server]].concat();
        let (count, at_once) = (arguments.payments, arguments.at_once);
        let measured = measure(&self.subject, &processes, count, at_once).await?;
        self.measured.push(measured);
        Ok(())
    }

    fn worker(&self) -> Vec<u64> {
        self.each(|it| it.cpu.first().copied().unwrap_or_default())
    }

    /// The worker, and the gateway if it has one.
    fn workers(&self) -> Vec<u64> {
        self.each(|it| it.cpu.iter().rev().skip(1).sum())
    }

    fn server(&self) -> Vec<u64> {
        self.each(|it| it.cpu.last().copied().unwrap_or_default())
    }

    fn p50(&self) -> Vec<u64> {
        self.each(|it| it.load.percentile(50))
    }

    fn each(&self, of: impl Fn(&Measured) -> Duration) -> Vec<u64> {
        self.measured.iter().map(|it| micros(of(it))).collect()
    }
}

/// Payments a second, and how long they take, at several concurrencies.
pub(crate) async fn concurrency(
    scene: &mut Scene,
    name: &str,
    arguments: &Arguments,
) -> anyhow::Result<Vec<Figure>> {
    if let Err(missing) = scene.start_python().await {
        eprintln!("Python is left out: {missing:#}");
    }
    let kind = Kind::ExtraPayment;
    let shape = shape(kind, &cost(scene, kind).await?);
    let (payments, floor) = (scene.payments(kind, None), scene.floor(shape));
    let mut figures = Vec::new();
    for at_once in arguments.concurrency.iter().copied() {
        let count = (100 * at_once).min(arguments.payments.max(4 * at_once));
        let (mut owns, mut floors) = (Vec::new(), Vec::new());
        for round in 1..=arguments.rounds {
            eprintln!(
                "{name}, {at_once} at once: round {round} of {}",
                arguments.rounds
            );
            owns.push(payments.run(count, at_once).await?);
            floors.push(floor.run(count, at_once).await?);
        }
        let mut figure = |part: &str, unit, of: fn(&Load) -> u64| {
            let [own, floor] = [&owns, &floors].map(|loads| loads.iter().map(of).collect());
            let what = format!("extra payment, {name}, {at_once} at once: {part}");
            figures.push(Figure::new(what, unit, own, floor));
        };
        figure("payments", "per second", Load::per_thousand_seconds);
        figure("p50", "ms", |load| micros(load.percentile(50)));
        figure("p99", "ms", |load| micros(load.percentile(99)));
    }
    if scene.python_process().is_some() {
        figures.push(lone(scene, name, shape, arguments).await?);
    }
    Ok(figures)
}

/// A payment alone beside the plain floor in Python, both without the partner's own delay.
async fn lone(
    scene: &Scene,
    name: &str,
    shape: Shape,
    arguments: &Arguments,
) -> anyhow::Result<Figure> {
    let plain = Shape {
        is_short: false,
        ..shape
    };
    let payments = scene.payments(Kind::ExtraPayment, None);
    let python = scene.floor_in_python(plain);
    let (mut owns, mut pythons) = (Vec::new(), Vec::new());
    python.run(WARM_UP, 1).await?;
    for _ in 0..arguments.rounds {
        for (subject, p50s) in [(&payments, &mut owns), (&python, &mut pythons)] {
            let p50 = subject.run(LONE, 1).await?.percentile(50);
            p50s.push(micros(p50.saturating_sub(CALLED_BACK_AFTER)));
        }
    }
    let what = format!(
        "extra payment, {name}, alone: p50 less the partner's delay, beside the plain floor in Python"
    );
    Ok(Figure::new(what, "ms", owns, pythons))
}

/// What these processes pay for each payment.
pub(crate) async fn cost_of_each(
    subject: &Subject,
    processes: &[u32],
    arguments: &Arguments,
) -> anyhow::Result<Vec<u64>> {
    let measured = measure(subject, processes, arguments.payments, arguments.at_once).await?;
    Ok(measured.cpu.into_iter().map(micros).collect())
}

async fn measure(
    subject: &Subject,
    processes: &[u32],
    count: usize,
    concurrency: usize,
) -> anyhow::Result<Measured> {
    let before: Vec<_> = processes
        .iter()
        .map(|id| usage::cpu(*id))
        .collect::<Result<_, _>>()?;
    let load = subject.run(count, concurrency).await?;
    tokio::time::sleep(AFTERMATH).await;
    let divisor = u32::try_from(count.max(1))?;
    let cpu = processes.iter().zip(before);
    let cpu = cpu.map(|(id, before)| Ok((usage::cpu(*id)? - before) / divisor));
    Ok(Measured {
        load,
        cpu: cpu.collect::<anyhow::Result<_>>()?,
    })
}

pub(crate) fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
