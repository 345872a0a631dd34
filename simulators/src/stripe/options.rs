//! The options of a Stripe at its start.

use std::net::SocketAddr;

use super::{access::ApiKey, settings::Settings};

/// How a Stripe starts.
#[derive(Clone, Debug)]
pub struct Options {
    /// The address to listen on; port 0 picks a free one.
    pub listen: SocketAddr,
    /// The API keys that it knows from the start.
    pub keys: Vec<ApiKey>,
    /// How long what takes, until `PUT /sim/settings`.
    pub settings: Settings,
}
