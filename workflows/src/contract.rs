//! The types that other systems rely on: what they send, what they read, and the names by which
//! they find it (`docs/contract.md`). Their JSON is the contract.

pub mod account;
pub mod advice;
pub mod approval;
pub mod cause;
pub mod chosen_account;
pub mod ids;
pub mod kind;
pub mod last_report;
#[cfg(feature = "schema")]
mod moment;
pub mod money;
pub mod outcome;
pub mod promises;
pub mod request;
pub mod resolution;
pub mod rfc_3339;
pub mod route_place;
pub mod saved_card;
#[cfg(feature = "schema")]
pub mod schema;
pub mod search_attributes;
pub mod state;
pub mod units;
pub mod written_duration;
