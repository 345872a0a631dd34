//! The callback gateway: the only public part. It turns the partner's callback into a signal and
//! can cause nothing but "ask now".
//!
//! Read in this order: [`on_payment_completed`], the contract's table from top to bottom;
//! [`refusal`], what each refusal looks like; [`signal_id`], why repeats cost nothing;
//! [`temporal`], the signal's way into a history; [`server`] and [`peers`], the limits around it;
//! [`private`], what operators see.

pub mod configuration;
pub mod on_payment_completed;
pub mod peers;
pub mod private;
pub mod refusal;
pub mod server;
pub mod signal_id;
pub mod temporal;
