//! The whole system on one machine: Temporal, the worker, the callback gateway, and simulators of
//! the partner and of billing. Each is a process of its own, and all of them end with the
//! [`Stack`].
//!
//! Read in this order: [`Stack`] is what a scenario and the demo use; [`Builder`] starts it;
//! [`TemporalServer`], [`Partner`] and [`Billing`] are its parts; a [`FaultProxy`] can stand
//! between any two of them, and a [`Prometheus`] can watch everything. An [`Operation`] is what is
//! requested, and [`Books`] show whether the money went where it had to go. The programs are taken
//! from the folder that this one was built into: `cargo build --workspace --bins` builds them.

mod stack;

mod billing;
mod books;
mod browser;
mod fault_proxy;
pub mod network;
mod operation;
mod partner;
mod procaas;
mod prometheus;
mod simulator;
mod sockets;
mod temporal_server;

mod process;
mod programs;
mod secret_file;
pub mod temporal_cli;

pub use billing::{Billing, Document};
pub use books::{Books, Difference, End, Expected};
pub use browser::Browser;
pub use fault_proxy::{FaultProxy, Injection, Policy};
pub use operation::{Kind, Operation, workflow_id};
pub use partner::{LedgerEntry, Partner};
pub use procaas::{Procaas, TakenCard};
pub use process::Process;
pub use programs::{installed, profile_folder, program};
pub use prometheus::{Alert, DEPLOYED, Prometheus, Sample};
pub use stack::builder::Builder;
pub use stack::{Stack, Timings};
pub use temporal_server::{SEARCH_ATTRIBUTES, ServerOptions, TemporalProxies, TemporalServer};
