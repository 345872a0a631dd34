//! The only public part of the system. It turns the partner's callbacks into signals, and all that
//! a signal can do is make the workflow ask the partner now.
//!
//! Read in this order: [`public_port`], what every request goes through; [`callback`], the checks of
//! a callback, in the order of `docs/contract.md`; [`answer`], what may come of them; [`signal_id`], why
//! repeats cost nothing; [`temporal`], the way a signal takes. The rest keeps the public port
//! standing: `connections`, `peer` and `rate` bound what one peer may take, [`server`] bounds how
//! long a connection may take it, `framing` sees what hyper passes over, and
//! [`tls`] encrypts it.

pub mod answer;
pub mod callback;
mod document;
mod gateway;
pub mod public_port;
pub mod signal_id;
pub mod temporal;

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
