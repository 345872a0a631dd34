//! The simulators over real sockets, as their clients use them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod biller;
mod billing;
mod callbacks;
mod contract;
mod faults;
mod merchant;
mod money;
mod processes;
mod receiver;
mod scenarios;
mod stripe;
