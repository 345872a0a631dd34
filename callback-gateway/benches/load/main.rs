//! How much load the gateway can take: refusals and acceptances per second in comparison with the
//! possible maximum, and whether slow peers delay others. `cargo xtask bench gateway` runs it.
//!
//! Two references run in the same minutes as the gateway, in turns of a few seconds: axum that
//! answers "ok" with nothing behind it, called by the same client with the same bytes; and the
//! Temporal client that signals the same workflows with nothing in front of it. So if the machine
//! is busy with something else, all of them are slower, and the ratios stay the same.

#![expect(
    clippy::unwrap_used,
    reason = "a bench stops at what it did not expect"
)]

mod http_load;
mod plain_axum;
mod report;
mod requests;
mod scene;
mod signals;
mod slow_sockets;

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;

use http_load::Load;
use report::{Bounds, Sample};
use requests::Requests;
use scene::Scene;

#[derive(Parser)]
#[command(name = "gateway-load")]
struct Arguments {
    /// How many turns each kind of request gets.
    #[arg(long, default_value_t = 20)]
    turns: u32,
    /// How many seconds a turn takes.
    #[arg(long, default_value_t = 1)]
    seconds: u64,
    /// How many connections ask at a time, or signals are under way.
    #[arg(long, default_value_t = 64)]
    concurrency: usize,
    /// How many workflows are open.
    #[arg(long, default_value_t = 500)]
    workflows: usize,
    /// Serves the reference instead.
    #[arg(long, hide = true)]
    plain_axum: bool,
    /// Cargo says so.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    if arguments.plain_axum {
        runtime.block_on(plain_axum::serve())
    } else {
        runtime.block_on(bench(&arguments))
    }
}

async fn bench(arguments: &Arguments) -> ExitCode {
    slow_sockets::allow_open_files();
    println!(
        "starting Temporal in memory, with {} workflows",
        arguments.workflows
    );
    let scene = Scene::start(arguments.workflows).await;
    let requests = Requests::new(&scene.secret, arguments.workflows);
    let turn = Duration::from_secs(arguments.seconds);
    let load = |address: &str, expected| Load {
        address: address.to_owned(),
        expected,
        concurrency: arguments.concurrency,
        turn,
    };
    let (axum, gateway) = (load(&scene.axum, 200), |expected| {
        load(&scene.gateway, expected)
    });

    let mut plain = Sample::new("axum answering ok");
    let mut forbidden = Sample::new("refused 403, a wrong token");
    let mut malformed = Sample::new("refused 400, no JSON");
    let mut bare = Sample::new("bare signals");
    let mut accepted = Sample::new("accepted, signals through the gateway");
    for number in 1..=arguments.turns {
        println!("turn {number} of {}", arguments.turns);
        plain.add(axum.run(|| requests.forbidden.clone()).await);
        forbidden.add(gateway(403).run(|| requests.forbidden.clone()).await);
        malformed.add(gateway(400).run(|| requests.malformed.clone()).await);
        let signals = signals::send(&scene.client, &requests, arguments.concurrency, turn);
        bare.measure(std::process::id(), signals).await;
        let acceptances = gateway(200);
        let acceptances = acceptances.run(|| requests.good());
        accepted.measure(scene.gateway_process, acceptances).await;
    }
    println!("counting the signals in the histories");
    let stored = signals::stored(&scene.client, arguments.workflows).await;
    let sent = bare.count() + accepted.count();

    println!("{} slow sockets from one peer", slow_sockets::COUNT);
    let few = Load {
        concurrency: slow_sockets::OTHERS,
        turn: 10 * turn,
        ..gateway(200)
    };
    let mut alone = Sample::new("another peer, alone");
    alone.add(few.run(|| requests.good()).await);
    let slow = slow_sockets::hold(&scene.gateway).await;
    let mut beside = Sample::new("another peer, beside the slow sockets");
    beside.add(few.run(|| requests.good()).await);
    let slow = slow.most();

    println!(
        "{}",
        report::table(&[
            &plain, &forbidden, &malformed, &bare, &accepted, &alone, &beside
        ])
    );
    let bounds = Bounds {
        plain,
        forbidden,
        malformed,
        bare,
        accepted,
        beside,
        stored,
        sent,
        slow,
    };
    if bounds.print() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
