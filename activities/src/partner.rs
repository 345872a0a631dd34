//! The partner's HTTP API (`partner_payment_api.yaml`), signed and translated.

pub mod client;
pub mod key_pair;
pub mod signature;

pub(crate) mod answer;
mod wire;
