//! The partner as a process of its own. See the crate's README for its options.

use clap::Parser;
use simulators::{
    partner::{self, Options},
    server::log_to_stderr,
};

/// Simulates the partner's payment API over HTTP, with faults on request.
///
/// Prints {"listening":"http://…"} on stdout, then logs on stderr. Everything under /sim is for
/// tests and people; see the README.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(flatten)]
    options: Options,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let Arguments { options } = Arguments::parse();
    log_to_stderr();
    let server = partner::start(options).await?;
    Ok(server.run_until_signal().await?)
}
