//! The steps that carry out on Temporal what [`operation`](crate::operation) says may be done.

pub(crate) mod carry_out;
pub(crate) mod closing;
pub(crate) mod details;
pub mod event;
pub(crate) mod finalization;
pub(crate) mod intake;
pub(crate) mod local_step;
pub(crate) mod new_run;
pub mod outside;
pub(crate) mod payment_workflow;
pub(crate) mod run;
pub(crate) mod steps;
pub mod timer;
pub(crate) mod updates;
pub(crate) mod waiting;
