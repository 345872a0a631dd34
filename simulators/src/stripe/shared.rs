//! The state of Stripe that all calls share.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{books::Books, options::Options};
use crate::http_client::http_client;

/// One account at Stripe, shared by all calls.
pub(super) struct Stripe {
    books: Mutex<Books>,
    /// Delivers the events.
    pub(super) http: reqwest::Client,
}

impl Stripe {
    pub(super) fn new(options: Options) -> anyhow::Result<Stripe> {
        let mut books = Books {
            settings: options.settings,
            ..Books::default()
        };
        for key in options.keys {
            books.api_keys.add(key)?;
        }
        Ok(Stripe {
            books: Mutex::new(books),
            http: http_client()?,
        })
    }

    /// Locks the books. After a panic elsewhere they are still good enough to continue.
    pub(super) fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
