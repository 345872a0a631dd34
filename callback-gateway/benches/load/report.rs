//! What was measured, and whether it is enough.

use std::time::Duration;

use comfy_table::{CellAlignment, Table, presets};
use harness::usage;

use crate::slow_sockets;

/// Acceptances beside bare signals, in percent.
const ACCEPTED_AT_LEAST: u128 = 80;

/// Refusals beside bare axum's answers, in percent.
const REFUSED_AT_LEAST: u128 = 50;

/// What a peer may have to wait while another holds slow sockets.
const LONGEST_P99: Duration = Duration::from_secs(1);

/// The gateway's processor time for an acceptance beside a bare client's for a signal, in percent.
const CPU_AT_MOST: u128 = 150;

/// One turn of one kind of request.
pub(crate) struct Turn {
    pub(crate) latencies: Vec<Duration>,
    pub(crate) took: Duration,
}

/// All turns of one kind of request.
pub(crate) struct Sample {
    name: &'static str,
    latencies: Vec<Duration>,
    took: Duration,
    cpu: Duration,
}

/// What must hold.
pub(crate) struct Bounds {
    pub(crate) plain: Sample,
    pub(crate) forbidden: Sample,
    pub(crate) malformed: Sample,
    pub(crate) bare: Sample,
    pub(crate) accepted: Sample,
    pub(crate) beside: Sample,
    /// Signals in the histories.
    pub(crate) stored: usize,
    /// Signals that were sent and callbacks that were answered 200.
    pub(crate) sent: usize,
    /// The most slow sockets that were open at once.
    pub(crate) slow: usize,
}

impl Sample {
    pub(crate) fn new(name: &'static str) -> Sample {
        Sample {
            name,
            latencies: Vec::new(),
            took: Duration::ZERO,
            cpu: Duration::ZERO,
        }
    }

    /// Adds a turn, and the time that it took of the processor in `process`.
    pub(crate) async fn measure(&mut self, process: u32, turn: impl Future<Output = Turn>) {
        let before = usage::cpu(process).unwrap();
        self.add(turn.await);
        self.cpu += usage::cpu(process).unwrap() - before;
    }

    pub(crate) fn add(&mut self, turn: Turn) {
        self.latencies.extend(turn.latencies);
        self.latencies.sort_unstable();
        self.took += turn.took;
    }

    pub(crate) fn count(&self) -> usize {
        self.latencies.len()
    }

    fn per_million_seconds(&self) -> u128 {
        self.count() as u128 * 1_000_000_000_000 / self.took.as_micros().max(1)
    }

    fn cpu_of_each(&self) -> u128 {
        self.cpu.as_nanos() / (self.count() as u128).max(1)
    }

    fn percentile(&self, percent: usize) -> Duration {
        let at = (self.count() * percent / 100).min(self.count().saturating_sub(1));
        self.latencies.get(at).copied().unwrap_or_default()
    }
}

/// A row for each sample.
pub(crate) fn table(samples: &[&Sample]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN);
    table.set_header(["what", "requests", "per second", "p50 ms", "p99 ms"]);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    for sample in samples {
        let milliseconds = |percent| {
            let tenths = sample.percentile(percent).as_micros() / 100;
            format!("{}.{}", tenths / 10, tenths % 10)
        };
        table.add_row([
            sample.name.to_owned(),
            sample.count().to_string(),
            (sample.per_million_seconds() / 1_000_000).to_string(),
            milliseconds(50),
            milliseconds(99),
        ]);
    }
    table
}

impl Bounds {
    /// Prints each bound beside what was measured, and whether all are kept.
    pub(crate) fn print(&self) -> bool {
        let at_least = |what: &str, one: &Sample, other: &Sample, bound| {
            let percent = one.per_million_seconds() * 100 / other.per_million_seconds().max(1);
            verdict(
                percent >= bound,
                &format!("{what}: {percent}%, at least {bound}%"),
            )
        };
        let p99 = self.beside.percentile(99);
        let cpu = [&self.accepted, &self.bare].map(Sample::cpu_of_each);
        let percent = cpu[0] * 100 / cpu[1].max(1);
        let [own, bare] = cpu.map(|nanos| nanos / 1000);
        let Bounds {
            stored, sent, slow, ..
        } = self;
        let count = slow_sockets::COUNT;
        let kept = [
            at_least(
                "acceptances beside bare signals",
                &self.accepted,
                &self.bare,
                ACCEPTED_AT_LEAST,
            ),
            at_least(
                "403 beside axum's ok",
                &self.forbidden,
                &self.plain,
                REFUSED_AT_LEAST,
            ),
            at_least(
                "400 beside axum's ok",
                &self.malformed,
                &self.plain,
                REFUSED_AT_LEAST,
            ),
            verdict(
                percent <= CPU_AT_MOST,
                &format!(
                    "the gateway's processor time for an acceptance, {own} µs, beside a bare client's for a \
                     signal, {bare} µs: {percent}%, at most {CPU_AT_MOST}%"
                ),
            ),
            verdict(
                p99 < LONGEST_P99,
                &format!(
                    "another peer's p99 beside {count} slow sockets: {p99:.0?}, under {LONGEST_P99:?}"
                ),
            ),
            verdict(
                *slow == count,
                &format!("slow sockets open at once: {slow}"),
            ),
            verdict(
                stored == sent,
                &format!("signals in the histories: {stored} of {sent}"),
            ),
        ];
        kept.iter().all(|kept| *kept)
    }
}

fn verdict(kept: bool, words: &str) -> bool {
    println!("{} {words}", if kept { "kept  " } else { "MISSED" });
    kept
}
