//! The state of billing that all requests share.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::documents::Books;
use crate::bearer::Token;

/// One billing, shared by all requests.
#[derive(Debug)]
pub(super) struct Billing {
    books: Mutex<Books>,
    pub(super) token: Token,
}

impl Billing {
    pub(super) fn new(token: Token) -> Billing {
        Billing {
            books: Mutex::new(Books::default()),
            token,
        }
    }

    /// Locks the books. After a panic elsewhere they are still good enough to continue.
    pub(super) fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
