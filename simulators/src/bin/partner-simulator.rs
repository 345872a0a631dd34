//! The partner as a process of its own. See the crate's README for its options.

use std::net::SocketAddr;

use clap::Parser;
use jiff::SignedDuration;
use simulators::partner::{self, MerchantKey, Options, Scenario};
use simulators::server::log_to_stderr;

/// Simulates the partner's payment API over HTTP, with faults on request.
///
/// Prints {"listening":"http://…"} on stdout, then logs on stderr. Everything under /sim is for
/// tests and people; see the README.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The address to listen on; port 0 picks a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,

    /// A merchant's public key: PURPOSE is PAYMENT or REVERSAL. Can be given several times.
    #[arg(
        long = "key",
        value_name = "MERCHANT_ID:KEY_ID:PURPOSE:PUBLIC_KEY_PEM_FILE"
    )]
    keys: Vec<MerchantKey>,

    /// The default scenario, as JSON: {"second_submission":"charges_again"}.
    #[arg(long, value_name = "JSON", default_value = "{}", value_parser = scenario)]
    defaults: Scenario,

    /// Create an unknown order when it is first used, paid with 1,000,000 and with a saved card,
    /// unless its id begins with "unknown-".
    #[arg(long)]
    auto_orders: bool,

    /// How many seconds this clock is ahead of the machine's.
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        allow_negative_numbers = true
    )]
    clock_offset_seconds: i32,
}

fn scenario(text: &str) -> Result<Scenario, serde_json::Error> {
    serde_json::from_str(text)
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    log_to_stderr();
    let server = partner::start(Options {
        listen: arguments.listen,
        keys: arguments.keys,
        defaults: arguments.defaults,
        auto_orders: arguments.auto_orders,
        clock_offset: SignedDuration::from_secs(arguments.clock_offset_seconds.into()),
    })
    .await?;
    Ok(server.run_until_signal().await?)
}
