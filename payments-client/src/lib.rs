//! How procaas and operators start, follow and resolve payments: a thin client of the two
//! workflows, for programs in Rust. Programs in other languages use any Temporal client and the
//! contract.
//!
//! Start with [`PaymentsClient`]; it starts operations and hands out an [`OperationHandle`] for
//! each. How an operation's answers look is said in the crate `workflows`: `PaymentRequest`,
//! `State`, `Outcome`, `Resolution`. [`reconciliation`] holds a day's outcomes against the partner's
//! report of it, [`timeline`] tells one operation's life.
//!
//! ```no_run
//! # async fn charge(request: workflows::request::PaymentRequest) -> Result<(), payments_client::Error> {
//! let payments = payments_client::PaymentsClient::connect("procaas", workflows::ids::TASK_QUEUE).await?;
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
mod payload;
pub mod reconciliation;
mod repeat;
mod start;
pub mod timeline;
mod totals;
mod workflow_type;

pub use client::PaymentsClient;
pub use description::{Description, Pause, WorkflowExecutionStatus};
pub use error::Error;
pub use listing::Filter;
pub use operation::OperationHandle;
pub use repeat::Repeat;
pub use start::Started;
pub use totals::Total;
pub use workflow_type::workflow_type;
