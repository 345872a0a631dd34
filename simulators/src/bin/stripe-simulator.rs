//! Stripe as a process of its own. See the crate's README for its options.

use clap::Parser;
use simulators::{
    server::log_to_stderr,
    stripe::{self, Options},
};

/// Simulates the part of Stripe's API v1 that charges saved cards and refunds, with faults on
/// request.
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
    let server = stripe::start(options).await?;
    Ok(server.run_until_signal().await?)
}
