//! Billing: the one call of `docs/api/billing.yaml`, recorded once per idempotency key, with faults.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Context;

use crate::{
    bearer::{Options, Token},
    server::Server,
};

mod api;
mod control;
mod documents;
mod fault;

pub use fault::{Fault, FaultKind, Lie};

use documents::Books;

/// Starts billing in this process.
pub async fn start(options: Options) -> anyhow::Result<Server> {
    let listen = options.listen;
    let billing = Billing {
        books: Mutex::new(Books::default()),
        token: Token::in_file(options.token_file)?,
    };
    let router = api::routes()
        .merge(control::routes())
        .with_state(Arc::new(billing));
    Server::start(listen, router)
        .await
        .with_context(|| format!("cannot listen on {listen}"))
}

/// One billing, shared by every request.
#[derive(Debug)]
struct Billing {
    books: Mutex<Books>,
    token: Token,
}

impl Billing {
    /// Locks the books. A panic elsewhere leaves them good enough to go on.
    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
