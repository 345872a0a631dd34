//! The state of the partner that all requests share.

use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicI64, Ordering},
};

use anyhow::Context;
use jiff::{SignedDuration, Timestamp};

use super::{
    books::Books,
    options::Options,
    scenario::{Scenario, Scenarios},
};
use crate::http_client::http_client;

/// One partner, shared by all requests.
#[derive(Debug)]
pub(super) struct Partner {
    books: Mutex<Books>,
    defaults: Scenario,
    pub(super) auto_orders: bool,
    /// How many seconds its clock is ahead.
    pub(super) clock_offset: AtomicI64,
    /// Sends the callbacks.
    pub(super) http: reqwest::Client,
}

impl Partner {
    pub(super) fn new(options: Options) -> anyhow::Result<Partner> {
        let mut books = Books {
            scenarios: Scenarios::new(options.defaults.clone()),
            ..Books::default()
        };
        for key in &options.keys {
            let name = format!("{} of {}", key.key_id, key.merchant_id);
            books
                .keys
                .add(key)
                .with_context(|| format!("cannot use key {name}"))?;
        }
        Ok(Partner {
            books: Mutex::new(books),
            defaults: options.defaults,
            auto_orders: options.auto_orders,
            clock_offset: AtomicI64::new(0),
            http: http_client()?,
        })
    }

    /// Locks the books. After a panic elsewhere they are still good enough to continue.
    pub(super) fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn now(&self) -> Timestamp {
        Timestamp::now() + SignedDuration::from_secs(self.clock_offset.load(Ordering::Relaxed))
    }

    pub(super) fn reset_scenarios(&self) {
        self.books().scenarios = Scenarios::new(self.defaults.clone());
    }
}
