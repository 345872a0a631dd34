//! The state of Stripe that all calls share.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{books::Books, options::Options};

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
        // Fails if the process already has a provider, which can then be used as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // Events go directly to their address, whatever proxy the environment names.
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Stripe {
            books: Mutex::new(books),
            http,
        })
    }

    /// Locks the books. After a panic elsewhere they are still good enough to continue.
    pub(super) fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
