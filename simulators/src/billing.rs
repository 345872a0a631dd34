//! Billing: the one call by the contract, recorded once per idempotency key, with faults.

use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use anyhow::Context;

use crate::server::Server;

mod api;
mod control;
mod documents;
mod fault;

pub use fault::{Fault, FaultKind, Lie, Slow};

use documents::Books;

/// How billing starts.
#[derive(Clone, Debug)]
pub struct Options {
    /// The address to listen on; port 0 picks a free one.
    pub listen: SocketAddr,
    /// Holds the bearer token. It is read anew for every request, so that it can be rotated.
    pub token_file: PathBuf,
}

/// Starts billing in this process.
pub async fn start(options: Options) -> anyhow::Result<Server> {
    let listen = options.listen;
    let billing = Billing {
        books: Mutex::new(Books::default()),
        token_file: options.token_file,
    };
    billing.token().context("cannot read the token file")?;
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
    token_file: PathBuf,
}

impl Billing {
    /// Locks the books. A panic elsewhere leaves them good enough to go on.
    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn token(&self) -> std::io::Result<String> {
        Ok(std::fs::read_to_string(&self.token_file)?.trim().to_owned())
    }
}
