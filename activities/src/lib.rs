//! Implements what the workflows need from the outside: the calls to the partner, to billing and to
//! procaas. Only this crate knows a partner's field names and holds private keys. The caller that
//! builds the activities passes in how to reach the outside: the worker reads it from its
//! configuration.
//!
//! Read in this order: [`accounts`] and [`routes`], which account serves a request;
//! [`agree_terms`], what is decided for a request; [`partner_activities`], the steps with the
//! partner, built on [`partner`], its API; [`finalize_billing`] and [`hand_over_saved_card`];
//! [`key_ring`], which key serves; [`metrics`]; [`reach`], whether others answer at all.

pub mod accounts;
pub mod address;
pub mod agree_terms;
pub mod finalize_billing;
pub mod hand_over_saved_card;
pub mod key_ring;
pub mod metrics;
pub mod partner;
pub mod partner_activities;
pub mod reach;
pub mod routes;
pub mod token_file;

mod breaker;
mod deadline;
mod earlier_runs;
mod fallback_record;
mod http;

pub use http::Clients;
