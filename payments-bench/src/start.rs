//! How long a worker takes until it polls, and how large the programs are.

use std::fs;
use std::time::Instant;

use crate::Arguments;
use crate::load::micros;
use crate::report::Figure;
use crate::scene::Scene;

const PROGRAMS: [&str; 2] = ["sky-worker", "sky-callback-gateway"];

/// From start to ready, and sizes.
pub(crate) async fn start(scene: &mut Scene, arguments: &Arguments) -> anyhow::Result<Vec<Figure>> {
    let (mut own, mut floor) = (Vec::new(), Vec::new());
    for _ in 0..arguments.rounds {
        scene.stack.stop_worker().await?;
        let begun = Instant::now();
        scene.stack.start_worker().await?;
        own.push(micros(begun.elapsed()));
        floor.push(micros(scene.restart_floor().await?));
    }
    let mut figures = vec![Figure::new("worker: start to ready", "ms", own, floor)];
    for name in PROGRAMS {
        let bytes = fs::metadata(harness::program(name)?)?.len();
        figures.push(Figure::new(
            format!("{name}: size"),
            "MB",
            vec![bytes / 1_000],
            vec![],
        ));
    }
    Ok(figures)
}
