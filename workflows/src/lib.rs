//! The payments' domain and its two Temporal workflows. No I/O, no clock, no randomness: what
//! reaches the outside is declared in [`activity_definitions`] and implemented in the crate
//! `activities`.
//!
//! Read in this order: the two recipes `extra_payment` and `payment_reversal`; their parts, `intake`,
//! `completion` and `finalization`; the handlers that both have, [`payment_workflow`]; what is known
//! and may be done next, [`submission`], [`billing`], [`resolution`] and [`approval`], which are
//! pure; then the words they are made of.

mod closing;
mod completion;
mod details;
mod extra_payment;
mod finalization;
mod intake;
mod last_word;
pub mod look_again;
mod markdown;
mod operation;
mod payment_reversal;
pub mod payment_workflow;
pub mod record_saved_card;
mod resolving;
mod run;
mod steps;
mod updates;
mod waiting;

pub mod approval;
pub mod attention;
pub mod billing;
pub mod partner_word;
pub mod resolution;
pub mod schedule;
pub mod submission;
pub mod submission_permit;

pub mod activity_definitions;
pub mod heard;
pub mod ids;
pub mod money;
pub mod movement;
pub mod notice;
pub mod outcome;
pub mod partner_report;
pub mod request;
pub mod rfc_3339;
pub mod saved_card;
#[cfg(feature = "schema")]
pub mod schema;
pub mod search_attributes;
pub mod state;
pub mod subject;
pub mod terms;

pub use look_again::LookAgain;
pub use payment_workflow::{ExtraPayment, PaymentReversal};
pub use record_saved_card::RecordSavedCard;
pub use run::Run;
