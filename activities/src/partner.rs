//! The partner's HTTP API (`docs/api/partner.yaml`), signed and translated.

pub mod client;
pub mod key_pair;
pub mod signature;

pub(crate) mod answer;
mod wire;
