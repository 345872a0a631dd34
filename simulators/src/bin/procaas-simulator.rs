//! procaas as a process of its own. See the crate's README for its options.

use clap::Parser;
use simulators::{bearer::Options, procaas, server::log_to_stderr};

/// Simulates how procaas accepts saved cards over HTTP, with faults on request.
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
    let server = procaas::start(options).await?;
    Ok(server.run_until_signal().await?)
}
