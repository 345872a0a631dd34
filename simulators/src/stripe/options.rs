//! The options of a Stripe at its start.

use std::net::SocketAddr;

use clap::Args;

use super::{access::ApiKey, settings::Settings};

/// How a Stripe starts.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// The address to listen on; port 0 picks a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,

    /// The file of an API key: sk_… may do everything; rk_… needs permissions after a colon:
    /// payment_intent_read, payment_intent_write, charge_read, charge_write. Can be given several
    /// times.
    #[arg(long = "key", value_name = "FILE[:PERMISSION,…]")]
    pub keys: Vec<ApiKey>,

    /// What holds for all calls, as JSON: {"list_lag":"5s"}.
    #[arg(long, value_name = "JSON", default_value = "{}", value_parser = settings)]
    pub settings: Settings,
}

fn settings(text: &str) -> Result<Settings, serde_json::Error> {
    serde_json::from_str(text)
}
