#![doc = include_str!("../README.md")]
//!
//! # Reading order
//! [`server`] accepts connections and can break them; [`misbehaviour`] has the ways to damage an
//! answer; [`money`] parses amounts; then [`partner`], [`stripe`], [`billing`] and [`procaas`],
//! each from its routes downwards. [`bearer`] is shared by the last two.

pub mod bearer;
pub mod billing;
mod http_client;
pub mod misbehaviour;
mod mistake;
pub mod money;
pub mod partner;
pub mod procaas;
mod random_id;
mod recent;
pub mod server;
mod strict_json;
pub mod stripe;
