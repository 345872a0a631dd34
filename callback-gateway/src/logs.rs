//! The log: JSON lines on stderr.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// These see requests before we do. Whatever level is asked for, they keep what they see to
/// themselves: a callback's target holds its token.
const QUIET: [&str; 3] = ["hyper=error", "axum=error", "tower=error"];

/// Starts the log at the level of `RUST_LOG`, or at `info`.
pub fn install() {
    let mut filter = EnvFilter::builder()
        .with_default_directive(LevelFilter::INFO.into())
        .from_env_lossy();
    for directive in QUIET.iter().flat_map(|directive| directive.parse()) {
        filter = filter.add_directive(directive);
    }
    tracing_subscriber::fmt()
        .json()
        .with_current_span(true)
        .with_span_list(false)
        .flatten_event(true)
        .with_writer(std::io::stderr)
        .with_env_filter(filter)
        .init();
}
