//! Starts, follows and resolves payments: a thin client of the two workflows, for programs in Rust.
//! Programs in other languages use any Temporal client and `docs/contract.md`.
//!
//! Start with [`PaymentsClient`]; it starts operations and returns an [`OperationHandle`] for each.
//! The types of requests and answers are in the crate `workflows`: `PaymentRequest`, `State`,
//! `Outcome`, `Resolution`.
//!
//! ```no_run
//! # async fn charge(request: workflows::contract::request::PaymentRequest) -> Result<(), payments_client::Error> {
//! let payments = payments_client::PaymentsClient::connect("procaas", workflows::contract::ids::TASK_QUEUE).await?;
//! let started = payments.start_extra_payment(&request).await?;
//! let outcome = started.handle.result().await?;
//! # let _ = outcome;
//! # Ok(())
//! # }
//! ```

mod client;
mod description;
mod error;
mod listing;
mod operation;
mod pause;
mod paused_step;
mod payload;
mod repeat;
mod start;
mod workflow_type;

pub use client::PaymentsClient;
pub use description::{Description, WorkflowExecutionStatus};
pub use error::Error;
pub use listing::{Filter, searchable};
pub use operation::OperationHandle;
pub use pause::Pause;
pub use paused_step::PausedStep;
pub use repeat::Repeat;
pub use start::Started;
pub use workflow_type::{kind_of, workflow_type};
