//! How far a campaign is: a bar on a terminal, a line every few seconds elsewhere.

use std::io::{IsTerminal, stdout};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::Value;
use tokio::time::sleep;

use super::field::Field;

/// Shows the progress until nothing has ended for so long that nothing will.
pub(crate) async fn watch(field: &Field, operations: usize) -> anyhow::Result<()> {
    let bar = ProgressBar::with_draw_target(Some(operations as u64), ProgressDrawTarget::stdout());
    if let Ok(style) = ProgressStyle::with_template("  {bar:30} {pos}/{len} ended  {msg}") {
        bar.set_style(style);
    }
    let is_terminal = stdout().is_terminal();
    loop {
        let faults = injected(field).await?;
        let (words, ended, seconds) = {
            let diary = field.diary();
            let words = format!(
                "{} started, {} need attention, {faults} faults injected",
                diary.started,
                diary.attention.len()
            );
            if diary.last_ending.elapsed() > STALL {
                println!("Nothing has ended for {STALL:?}: the campaign stops here.");
                return Ok(());
            }
            (words, diary.endings.len(), diary.begun.elapsed().as_secs())
        };
        if is_terminal {
            bar.set_position(ended as u64);
            bar.set_message(words);
        } else {
            println!("{seconds:5}s  {ended} of {operations} ended, {words}")
        }
        sleep(PAUSE).await;
    }
}

/// The number of faults so far: answers changed, connections disturbed, processes killed.
async fn injected(field: &Field) -> anyhow::Result<usize> {
    let stack = field.stack.read().await;
    let faulty = |journal: Vec<Value>| journal.iter().filter(|it| !it["fault"].is_null()).count();
    let answers = faulty(stack.partner().journal().await?)
        + faulty(stack.stripe()?.journal().await?)
        + faulty(stack.billing().journal().await?);
    let connections = stack
        .proxies()
        .iter()
        .map(|proxy| proxy.injected().values().sum::<usize>());
    Ok(answers + connections.sum::<usize>() + field.diary().deeds.values().sum::<usize>())
}

/// Much longer than any operation waits between two tries.
const STALL: Duration = Duration::from_secs(120);

const PAUSE: Duration = Duration::from_secs(5);
