//! The clients for outgoing requests, one for each request timeout.
//!
//! Some limits of a request belong to its connection: how long establishing it may take, and how
//! long the kernel keeps sending what a closed socket had accepted. The timeout of a request is
//! recorded with its operation and may differ from today's configuration, so it selects the client.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::{Certificate, Client, ClientBuilder, redirect, retry};

use super::NoAnswer;

/// The clients that were needed so far: one for each request timeout that an open operation has
/// recorded.
pub struct Clients {
    authorities: Vec<Certificate>,
    by_request_timeout: Mutex<BTreeMap<Duration, Client>>,
}

impl Clients {
    /// Clients that trust the authorities of a PEM file in addition to the system's. Creates the
    /// one for `request_timeout` at once, so that errors are found now.
    pub fn new(ca_file: Option<&[u8]>, request_timeout: Duration) -> Result<Clients, String> {
        temporalio_common::telemetry::ensure_default_crypto_provider();
        let authorities = ca_file.map(Certificate::from_pem_bundle).transpose();
        let clients = Clients {
            authorities: authorities
                .map_err(|error| error.to_string())?
                .unwrap_or_default(),
            by_request_timeout: Mutex::default(),
        };
        clients.find(request_timeout)?;
        Ok(clients)
    }

    /// The client for requests that may take `request_timeout`, from the first step of connecting
    /// to the last byte of the response.
    pub(crate) fn within(&self, request_timeout: Duration) -> Result<Client, NoAnswer> {
        self.find(request_timeout)
            .map_err(|error| NoAnswer::NotConnected(format!("no client could be made: {error}")))
    }

    fn find(&self, request_timeout: Duration) -> Result<Client, String> {
        let made = self.by_request_timeout.lock();
        let mut made = made.unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = made.get(&request_timeout) {
            return Ok(client.clone());
        }
        let builder = builder(request_timeout).tls_certs_merge(self.authorities.clone());
        let client = builder.build().map_err(|error| error.to_string())?;
        made.insert(request_timeout, client.clone());
        Ok(client)
    }
}

/// Repeating a request is the workflow's decision, so a client never retries. Proxies from the
/// environment are not used, since only configured hosts are called.
pub(super) fn builder(request_timeout: Duration) -> ClientBuilder {
    Client::builder()
        .timeout(request_timeout)
        // This time includes the name lookup, and all addresses of a name share it: a working one
        // is still reached if the one before it drops packets.
        .connect_timeout(request_timeout / 2)
        // The kernel soon stops sending what was given up; without this setting it would go on for
        // another 30 seconds. The kernel starts to count at its own second or third attempt, and
        // again when a part of the data was acknowledged. With half the time, the last byte still
        // leaves within the request timeout.
        .tcp_user_timeout(request_timeout / 2)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .no_proxy()
        .http1_only()
        .referer(false)
        .user_agent(concat!(
            "sky-technologies-integration/",
            env!("CARGO_PKG_VERSION")
        ))
}
