//! Stripe as a process of its own. See the crate's README for its options.

use std::net::SocketAddr;

use clap::Parser;
use simulators::server::log_to_stderr;
use simulators::stripe::{self, ApiKey, Options, Settings};

/// Simulates the part of Stripe's API v1 that charges saved cards and refunds, with faults on
/// request.
///
/// Prints {"listening":"http://…"} on stdout, then logs on stderr. Everything under /sim is for
/// tests and people; see the README.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The address to listen on; port 0 picks a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,

    /// The file of an API key: sk_… may do everything; rk_… needs permissions after a colon:
    /// payment_intent_read, payment_intent_write, charge_read, charge_write. Can be given several
    /// times.
    #[arg(long = "key", value_name = "FILE[:PERMISSION,…]")]
    keys: Vec<ApiKey>,

    /// What holds for all calls, as JSON: {"list_lag":"5s"}.
    #[arg(long, value_name = "JSON", default_value = "{}", value_parser = settings)]
    settings: Settings,
}

fn settings(text: &str) -> Result<Settings, serde_json::Error> {
    serde_json::from_str(text)
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    log_to_stderr();
    let server = stripe::start(Options {
        listen: arguments.listen,
        keys: arguments.keys,
        settings: arguments.settings,
    })
    .await?;
    Ok(server.run_until_signal().await?)
}
