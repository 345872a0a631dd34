#![doc = include_str!("../README.md")]
//!
//! # Reading order
//! [`server`] accepts connections and can break them; [`misbehaviour`] is how an answer is spoilt;
//! [`money`] is amounts; then [`partner`], [`billing`] and [`procaas`], each from its routes downwards.
//! [`bearer`] is what the last two have in common.

pub mod bearer;
pub mod billing;
pub mod misbehaviour;
pub mod money;
pub mod partner;
pub mod procaas;
mod random_id;
mod recent;
pub mod server;
mod severed;
mod strict_json;
