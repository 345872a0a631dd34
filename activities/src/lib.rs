//! What the workflows need of the outside, implemented: the partner's API and billing's, and the
//! configuration that says how to reach them. Only this crate knows the partner's field names and
//! holds private keys.
//!
//! Read in this order: [`configuration`], what an operator sets; [`agree_terms`], what it decides
//! for a request; [`partner_activities`], the steps toward the partner, over [`partner`], its API;
//! [`finalize_billing`] and [`hand_over_saved_card`]; [`measures`], what is counted of it all.

pub mod agree_terms;
pub mod configuration;
pub mod finalize_billing;
pub mod hand_over_saved_card;
pub mod measures;
pub mod partner;
pub mod partner_activities;

mod address;
mod deadline;
mod http;
mod recorded_terms;
mod secret_file;
mod token_file;
