//! How the programs find Temporal: the same variables `TEMPORAL_*` and profiles as Temporal's own
//! CLI, read by the SDK's environment configuration.
//!
//! The SDK passes over some mistakes (a switch that is neither true nor false, a missing settings
//! file), or names no variable. Here each mistake is found before a port is bound, and the error
//! names the variable or the profile's field, the file, and the fix. `settings` reads what the
//! environment says, `source` knows where each setting comes from, `tls` checks the certificates, and
//! `contact` is the first contact.

mod contact;
mod settings;
mod source;
mod tls;

pub use contact::{NotConnected, connect, connect_to_any_namespace};
pub use settings::{Settings, from_environment, overridden};

/// What is wrong with the settings, and the fix. Trying again does not help.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Misconfigured(pub String);
