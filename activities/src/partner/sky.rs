//! Sky's HTTP API (`docs/api/partner.yaml`), signed and translated. Only this folder knows its
//! names, fields and paths.

pub mod client;
pub mod key_pair;
pub mod signature;

pub(crate) mod answer;
mod wire;
