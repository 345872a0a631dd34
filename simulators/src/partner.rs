//! The partner: its API by `docs/api/partner.yaml`, orders and a ledger behind it, and scenarios that say
//! what goes wrong.
//!
//! From the outside inwards: `api` has the API's calls, `control` and `records` those under
//! `/sim`; `answers` are the right answers, `submission` the life of an operation, `books` what
//! is remembered; [`Scenario`] and [`Fault`] say what happens instead.

use std::{
    net::SocketAddr,
    sync::atomic::{AtomicI64, Ordering},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use anyhow::Context;
use jiff::{SignedDuration, Timestamp};

use crate::server::Server;

mod answers;
mod api;
mod books;
mod callbacks;
mod control;
mod fault;
mod journal;
mod keys;
mod messages;
mod operations;
mod orders;
mod presets;
mod records;
mod refusal;
mod scenario;
mod sessions;
mod signature;
mod submission;

pub use fault::{Call, Fault, FaultKind, Lie};
pub use keys::MerchantKey;
pub use messages::Kind;
pub use scenario::{Callback, Scenario, SecondSubmission, When};

use books::Books;
use scenario::Scenarios;

/// How a partner starts.
#[derive(Clone, Debug)]
pub struct Options {
    /// The address to listen on; port 0 picks a free one.
    pub listen: SocketAddr,
    /// The keys it knows from the start.
    pub keys: Vec<MerchantKey>,
    /// What happens where no scenario was set.
    pub defaults: Scenario,
    /// An order never heard of is made up, paid and with a card, at its first session.
    pub auto_orders: bool,
    /// How far its clock is ahead.
    pub clock_offset: SignedDuration,
}

/// Starts a partner in this process.
pub async fn start(options: Options) -> anyhow::Result<Server> {
    let listen = options.listen;
    let partner = Arc::new(Partner::new(options)?);
    let router = api::routes()
        .merge(control::routes())
        .merge(records::routes())
        .with_state(partner);
    Server::start(listen, router)
        .await
        .with_context(|| format!("cannot listen on {listen}"))
}

/// One partner, shared by every request.
#[derive(Debug)]
struct Partner {
    books: Mutex<Books>,
    defaults: Scenario,
    auto_orders: bool,
    /// By how many seconds its clock is ahead.
    clock_offset: AtomicI64,
    /// Sends the callbacks.
    http: reqwest::Client,
}

impl Partner {
    fn new(options: Options) -> anyhow::Result<Partner> {
        let mut books = Books::new(options.defaults.clone());
        for key in &options.keys {
            let name = format!("{} of {}", key.key_id, key.merchant_id);
            books
                .keys
                .add(key)
                .with_context(|| format!("cannot use key {name}"))?;
        }
        // Fails when the process has a provider, which then serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // Callbacks go straight to their address, whatever proxy the environment names.
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Partner {
            books: Mutex::new(books),
            defaults: options.defaults,
            auto_orders: options.auto_orders,
            clock_offset: AtomicI64::new(options.clock_offset.as_secs()),
            http,
        })
    }

    /// Locks the books. A panic elsewhere leaves them good enough to go on.
    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Timestamp {
        Timestamp::now() + SignedDuration::from_secs(self.clock_offset.load(Ordering::Relaxed))
    }

    fn reset_scenarios(&self) {
        self.books().scenarios = Scenarios::new(self.defaults.clone());
    }
}
