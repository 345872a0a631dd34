//! What callbacks and events are sent with.

use reqwest::{Client, redirect::Policy};

/// A client that goes directly to an address, whatever proxy the environment names.
pub(crate) fn http_client() -> reqwest::Result<Client> {
    // Fails if the process already has a provider, which can then be used as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .no_proxy()
        .redirect(Policy::none())
        .build()
}
