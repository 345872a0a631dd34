//! The log: JSON lines on stderr.

use std::io::BufWriter;

use tracing_appender::non_blocking::{ErrorCounter, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// These crates see requests before we do. Whatever level is configured, they must not log what
/// they see: the target of a callback contains its token.
const QUIET: [&str; 3] = ["hyper=error", "axum=error", "tower=error"];

/// The maximum number of lines that wait to be written: some megabytes.
const BUFFERED: usize = 16_384;

/// Starts the log at the level of `RUST_LOG`, or at `info`. The last lines are written when the
/// guard is dropped.
///
/// No request waits for the reader of the log. If the reader is too slow, lines are dropped and
/// counted.
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
    // tracing-subscriber's own JSON format parses the fields of a span again for each line.
    json_subscriber::fmt()
        .with_current_span(true)
        .with_span_list(false)
        .flatten_event(true)
        .with_writer(writer)
        .with_env_filter(filter)
        .init();
    (guard, lost)
}
