//! Starts, follows and resolves payments: a thin client of the two workflows, for programs in Rust.
//! Programs in other languages use any Temporal client and `docs/contract.md`.
//!
//! [`Payments`] is what a caller needs: start, start again, result, cancel. [`PaymentsClient`] does it
//! on Temporal, and also returns an [`OperationHandle`] with all that operators can do. The types of
//! requests and answers are in the crate `workflows`: `PaymentRequest`, `State`, `Outcome`,
//! `Resolution`.
//!
//! ```no_run
//! # async fn connect() -> Result<(), payments_client::Error> {
//! use payments_client::{Payments, PaymentsClient};
//! use workflows::contract::ids::TASK_QUEUE;
//! use workflows::contract::request::PaymentRequest;
//!
//! let payments = PaymentsClient::connect("procaas", TASK_QUEUE).await?;
//! let request = PaymentRequest::parse(br#"{
//!     "request_id": "ride-7-extra-1", "order_id": "ride-7",
//!     "amount": "125.5", "currency": "KGS", "country": "KG"
//! }"#)?;
//! let started = payments.start_extra_payment(&request).await?;
//! let outcome = payments.result(&started.request_id).await?;
//! # let _ = outcome;
//! # Ok(())
//! # }
//! ```
//!
//! # What to do about errors
//!
//! [`Error`] is an enum to match on. Here with the [`fake`] in place of Temporal:
//!
//! ```
//! use payments_client::fake::FakePayments;
//! use payments_client::{Error, NoOutcome, Payments};
//! use workflows::contract::outcome::Ending;
//! use workflows::contract::request::PaymentRequest;
//!
//! /// Whether the rider was charged.
//! async fn charge(payments: &impl Payments, request: &PaymentRequest) -> Result<bool, Error> {
//!     match payments.start_extra_payment(request).await {
//!         Ok(started) => {
//!             let outcome = payments.result(&started.request_id).await?;
//!             Ok(outcome.outcome == Ending::Completed)
//!         }
//!         // Nothing was sent, so this id is free again: once the request or the worker's
//!         // configuration is corrected, call `start_again`.
//!         Err(Error::NoOutcome { end: NoOutcome::InvalidRequest(_), .. }) => Ok(false),
//!         // `Unavailable`: repeat this call later. All others: tell a person.
//!         Err(error) => Err(error),
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let request = PaymentRequest::parse(br#"{
//!     "request_id": "ride-7-extra-1", "order_id": "ride-7", "amount": "125.5", "currency": "KGS"
//! }"#)?;
//! let payments = FakePayments::new();
//! assert!(charge(&payments, &request).await?);
//! // The same again: no second charge.
//! assert!(charge(&payments, &request).await?);
//! assert_eq!(payments.started().len(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! # Time limits and retries
//!
//! - To connect: 5 s.
//! - Each request to Temporal: 30 s. If Temporal is away or overloaded, it is repeated with growing
//!   pauses for up to 10 s; then the call fails with [`Error::Unavailable`]. All calls can be repeated
//!   without moving money twice.
//! - [`OperationHandle::state`], and the beginning of each update: a worker must answer within 15 s,
//!   otherwise [`Error::NoWorker`]. An update may still be handled later.
//! - The end of an update, and [`Payments::result`]: no limit. Wrap them in `tokio::time::timeout`
//!   where you need one; dropping the future changes nothing for the operation.
//!
//! # What stays
//!
//! This crate follows semantic versioning. Within one major version (before 1.0: one minor version)
//! nothing public is removed or changes its meaning, and what a start with a given request does stays
//! the same. [`Error`], [`NoOutcome`], [`Started`], [`Repeat`] and [`Difference`] may get variants or
//! fields, so they are `#[non_exhaustive]`. [`Payments`] may get methods that have a body. The types of
//! the crate `workflows` in these signatures stay in the same way; a new phase or outcome is a new
//! version. The texts of errors are for people and may change. What
//! workers of another version do with an operation is the promise of `docs/contract.md`.

mod accounts;
mod at;
mod client;
mod connection;
mod description;
mod difference;
mod error;
pub mod fake;
mod filter;
mod listing;
mod no_outcome;
mod operation;
mod pause;
mod paused_step;
mod payload;
mod payments;
mod place;
mod repeat;
mod start;
mod start_again;
mod temporal;
mod workflow_type;

pub use client::PaymentsClient;
pub use description::{Description, WorkflowExecutionStatus};
pub use difference::Difference;
pub use error::Error;
pub use filter::{Filter, searchable};
pub use no_outcome::NoOutcome;
pub use operation::OperationHandle;
pub use pause::Pause;
pub use paused_step::PausedStep;
pub use payments::Payments;
pub use place::Place;
pub use repeat::Repeat;
pub use start::Started;
pub use temporal::Temporal;
pub use workflow_type::{kind_of, workflow_type};
