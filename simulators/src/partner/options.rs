//! The options of a partner at its start.

use std::net::SocketAddr;

use jiff::SignedDuration;

use super::{keys::MerchantKey, scenario::Scenario};

/// How a partner starts.
#[derive(Clone, Debug)]
pub struct Options {
    /// The address to listen on; port 0 picks a free one.
    pub listen: SocketAddr,
    /// The keys it knows from the start.
    pub keys: Vec<MerchantKey>,
    /// What happens if no scenario was set.
    pub defaults: Scenario,
    /// An unknown order is created, paid and with a card, at its first session.
    pub auto_orders: bool,
    /// How far its clock is ahead.
    pub clock_offset: SignedDuration,
}
