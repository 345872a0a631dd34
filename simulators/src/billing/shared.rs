//! The billing that every request is answered by.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::documents::Books;
use crate::bearer::Token;

/// One billing, shared by every request.
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

    /// Locks the books. A panic elsewhere leaves them good enough to go on.
    pub(super) fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
