//! The domain of payments and its Temporal workflows. No I/O, no clock, no randomness: calls to the
//! outside are declared in [`activity_definitions`] and implemented in the crate `activities`.
//!
//! Read in this order: the workflows, [`ExtraPayment`] and [`PaymentReversal`], a few lines each;
//! `flow`, their steps on Temporal; [`operation`], what is known of an operation and what may be
//! done next, in pure code; [`contract`], the types that other systems rely on.

#[macro_use]
mod payment_workflow;

#[cfg(test)]
mod between_builds;

mod extra_payment;
mod markdown;
mod merchant_account;
mod payment_reversal;

pub mod look_again;
pub mod record_saved_card;

pub mod activity_definitions;
pub mod contract;
pub mod flow;
pub mod operation;

pub use extra_payment::ExtraPayment;
pub use look_again::LookAgain;
pub use merchant_account::MerchantAccount;
pub use payment_reversal::PaymentReversal;
pub use record_saved_card::RecordSavedCard;
