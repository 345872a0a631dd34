//! Billing: the only call of `docs/api/billing.yaml`, recorded once per idempotency key, with
//! faults.

use std::sync::Arc;

use anyhow::Context;

use crate::{
    bearer::{Options, Token},
    server::Server,
};

mod api;
mod control;
mod documents;
mod fault;
mod shared;

pub use fault::{Fault, FaultKind, Lie};

use shared::Billing;

/// Starts billing in this process.
pub async fn start(options: Options) -> anyhow::Result<Server> {
    let listen = options.listen;
    let billing = Billing::new(Token::in_file(options.token_file)?);
    let router = api::routes()
        .merge(control::routes())
        .with_state(Arc::new(billing));
    Server::start(listen, router)
        .await
        .with_context(|| format!("cannot listen on {listen}"))
}
