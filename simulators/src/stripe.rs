//! Stripe: the part of its API v1 that charges a saved card and gives money back, with signed
//! webhooks, and with faults on request.
//!
//! From the outside inwards: `api` receives every call and finds its [`Fault`]; `performance`
//! executes it once for each of the `idempotency` keys; `execution` carries it out, with `intents`,
//! `attempts` and `refund_calls`, on the `books`; `webhooks` tells of it. `control` and `records` have
//! what is under `/sim`.

use std::sync::Arc;

use anyhow::Context;

use crate::server::Server;

mod access;
mod amounts;
mod api;
mod attempts;
mod books;
mod calls;
mod cards;
mod changes;
mod charges;
mod control;
mod delivery_rules;
mod endpoints;
mod events;
mod execution;
mod expansion;
mod fault;
mod form;
mod idempotency;
mod intents;
mod journal;
mod ledger;
mod lists;
mod objects;
mod options;
mod orders;
mod origin;
mod performance;
mod permission;
mod records;
mod refund_calls;
mod refunds;
mod refusal;
mod settings;
mod shared;
mod table;
mod webhooks;

pub use access::ApiKey;
pub use calls::Operation;
pub use fault::{Fault, FaultKind, Lie};
pub use options::Options;
pub use permission::Permission;
pub use settings::Settings;

use shared::Stripe;

/// Starts a Stripe in this process.
pub async fn start(options: Options) -> anyhow::Result<Server> {
    let listen = options.listen;
    let stripe = Arc::new(Stripe::new(options)?);
    let router = api::routes()
        .merge(control::routes())
        .merge(records::routes())
        .with_state(stripe);
    Server::start(listen, router)
        .await
        .with_context(|| format!("cannot listen on {listen}"))
}
