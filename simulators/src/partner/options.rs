//! The options of a partner at its start.

use std::net::SocketAddr;

use clap::Args;

use super::{keys::MerchantKey, scenario::Scenario};

/// How a partner starts.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// The address to listen on; port 0 picks a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,

    /// A merchant's public key: PURPOSE is PAYMENT or REVERSAL. Can be given several times.
    #[arg(
        long = "key",
        value_name = "MERCHANT_ID:KEY_ID:PURPOSE:PUBLIC_KEY_PEM_FILE"
    )]
    pub keys: Vec<MerchantKey>,

    /// The default scenario, as JSON: {"second_submission":"charges_again"}.
    #[arg(long, value_name = "JSON", default_value = "{}", value_parser = scenario)]
    pub defaults: Scenario,

    /// Create an unknown order when it is first used, paid with 1,000,000 and with a saved card,
    /// unless its id begins with "unknown-".
    #[arg(long)]
    pub auto_orders: bool,
}

fn scenario(text: &str) -> Result<Scenario, serde_json::Error> {
    serde_json::from_str(text)
}
