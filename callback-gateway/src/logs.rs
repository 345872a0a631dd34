//! The log: JSON lines on stderr.

use std::io::BufWriter;

use tracing_appender::non_blocking::{ErrorCounter, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// These see requests before we do. Whatever level is asked for, they keep what they see to
/// themselves: a callback's target holds its token.
const QUIET: [&str; 3] = ["hyper=error", "axum=error", "tower=error"];

/// Lines that wait to be written, at the most: some megabytes.
const BUFFERED: usize = 16_384;

/// Starts the log at the level of `RUST_LOG`, or at `info`. What was logged is written at the
/// latest when the guard is dropped.
///
/// No request waits for whoever reads the log. Lines that he is too slow for are lost, and counted.
pub fn install() -> (WorkerGuard, ErrorCounter) {
    let mut filter = EnvFilter::builder()
        .with_default_directive(LevelFilter::INFO.into())
        .from_env_lossy();
    for directive in QUIET.iter().flat_map(|directive| directive.parse()) {
        filter = filter.add_directive(directive);
    }
    let stderr = BufWriter::new(std::io::stderr());
    let (writer, guard) = NonBlockingBuilder::default()
        .buffered_lines_limit(BUFFERED)
        .finish(stderr);
    let lost = writer.error_counter();
    // tracing-subscriber's own JSON reads what it wrote of a span once more for each line.
    json_subscriber::fmt()
        .with_current_span(true)
        .with_span_list(false)
        .flatten_event(true)
        .with_writer(writer)
        .with_env_filter(filter)
        .init();
    (guard, lost)
}
