//! Stripe over real sockets, as the adapter uses it.

mod account;
mod faults;
mod idempotency;
mod payments;
mod receiver;
mod refunds;
mod requests;
mod webhooks;
