//! Both simulators over real sockets, as their clients meet them.

mod billing;
mod callbacks;
mod client;
mod contract;
mod faults;
mod money;
mod processes;
mod receiver;
mod scenarios;
