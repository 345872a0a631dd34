//! What the workflows need of the outside, implemented: the partner's API, billing's and procaas'.
//! Only this crate knows the partner's field names and holds private keys. How to reach the outside
//! comes from whoever builds the activities: the worker reads its configuration.
//!
//! Read in this order: [`accounts`] and [`routes`], over which account a request goes;
//! [`agree_terms`], what is decided for a request; [`partner_activities`], the steps toward the
//! partner, over [`partner`], its API; [`finalize_billing`] and [`hand_over_saved_card`];
//! [`metrics`], what is counted of it all.

pub mod accounts;
pub mod address;
pub mod agree_terms;
pub mod finalize_billing;
pub mod hand_over_saved_card;
pub mod metrics;
pub mod partner;
pub mod partner_activities;
pub mod routes;
pub mod token_file;

mod deadline;
mod http;
mod recorded_terms;

pub use http::Clients;
