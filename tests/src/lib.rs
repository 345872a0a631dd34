//! The whole system on one machine: Temporal, the worker, the callback gateway, and simulators of
//! the partner and of billing. Each is a process of its own, and all of them end with the
//! [`Stack`].
//!
//! Read in this order: [`Stack`] is what a scenario and the demo use; [`Builder`] starts it;
//! [`TemporalServer`], [`Partner`] and [`Billing`] are its parts; a [`FaultProxy`] can stand
//! between any two of them, and a [`Prometheus`] can watch everything. [`Stripe`] comes with a stack
//! that asks for it; [`LocalStripe`] and [`StripeWorld`] start on their own, and a stack is then
//! configured to use them. An [`Operation`] is what is requested, and [`Books`] show whether the money
//! went where it had to go. An [`Example`] calls the system from another language. [`conformance`]
//! has what must hold with every partner. The programs are taken from the folder that this one was
//! built into: `cargo build --workspace --bins` builds them.

mod stack;

mod alertmanager;
mod balancer;
mod billing;
mod books;
mod browser;
pub mod conformance;
mod cost;
mod example;
mod fault_proxy;
mod free_port;
mod gateway;
mod localstripe;
pub mod machines;
pub mod network;
mod not_tested;
mod operation;
mod partner;
mod place;
mod procaas;
mod prometheus;
mod simulator;
mod sockets;
mod stripe;
mod stripe_api;
mod temporal_server;

mod process;
mod programs;
mod python_package;
mod secret_file;
mod stripe_signature;
mod stripe_world;
pub mod temporal_cli;
pub mod usage;

pub use alertmanager::Alertmanager;
pub use balancer::Balancer;
pub use billing::{Billing, Document};
pub use books::{Books, Difference, End, Expected};
pub use browser::Browser;
pub use cost::Cost;
pub use example::{Example, Printed};
pub use fault_proxy::{FaultProxy, Injection, Policy};
pub use free_port::free_port;
pub use gateway::Gateway;
pub use localstripe::LocalStripe;
pub use not_tested::not_tested;
pub use operation::{Operation, OperationKind, workflow_id};
pub use partner::{LedgerEntry, Partner};
pub use place::{Place, Places};
pub use procaas::{Procaas, TakenCard};
pub use process::Process;
pub use programs::{installed, profile_folder, program};
pub use prometheus::{Alert, DEPLOYED, Prometheus, Sample};
pub use python_package::python_packages;
pub use stack::builder::Builder;
pub use stack::{ProcessIds, Stack, Timings};
pub use stripe::{Movement, PaidOrder, Stripe};
pub use stripe_api::StripeApi;
pub use stripe_signature::stripe_signature;
pub use stripe_world::StripeWorld;
pub use temporal_server::{SEARCH_ATTRIBUTES, ServerOptions, TemporalProxies, TemporalServer};
