//! The only public part of the system. It turns the partners' callbacks into signals, and all that a
//! signal can do is make the workflow ask the partner now.
//!
//! Read in this order: [`public_port`], what every request goes through; [`callback`], the checks
//! of a callback, in the order of `docs/contract.md`; [`webhook`], Stripe's events; [`answer`], the possible results;
//! [`signal_id`], why repeats cost nothing; [`temporal`], how a signal is sent. The rest protects
//! the public port: `connections`, `peer` and `rate` limit what one peer may use, [`server`] limits
//! for how long, `framing` detects what hyper ignores, and [`tls`] encrypts the connections.

pub mod answer;
pub mod callback;
mod document;
mod gateway;
pub mod public_port;
pub mod signal_id;
pub mod temporal;
pub mod webhook;

mod connections;
mod framing;
mod peer;
mod rate;
pub mod server;
pub mod tls;

pub mod configuration;
pub mod logs;
pub mod metrics;
pub mod private_port;

pub use configuration::Configuration;
pub use gateway::Gateway;
pub use public_port::router;
pub use temporal::Temporal;
