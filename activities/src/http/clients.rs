//! The clients that requests go out by, one for each time that a request may take.
//!
//! A connection has limits of its own, which are the request's: how long it may take to be made, and
//! how long the kernel goes on sending what a closed socket had accepted. The time of a request is
//! recorded with its operation and may be another one than in today's configuration, so the client is
//! chosen by it.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::{Certificate, Client, ClientBuilder, redirect, retry};

use super::NoAnswer;

/// The clients that were needed so far: as many as the configuration ever had request timeouts, as
/// far as operations of them are still open.
pub struct Clients {
    authorities: Vec<Certificate>,
    by_request_timeout: Mutex<BTreeMap<Duration, Client>>,
}

impl Clients {
    /// Clients that trust the authorities of a PEM file beside the system's. Makes the one for
    /// `request_timeout` at once, so that what stands in the way is found now.
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

    /// The client for requests that may take `request_timeout`, from the first step of connecting to
    /// the last byte of the answer.
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

/// Each repeat of a request is the workflow's decision, so a client has none of its own; proxies from
/// the environment are not used, since only configured hosts are called.
pub(super) fn builder(request_timeout: Duration) -> ClientBuilder {
    Client::builder()
        .timeout(request_timeout)
        // Names are looked up in this time too, and a name's addresses share it: the living one is
        // still reached when the one before it swallows packets.
        .connect_timeout(request_timeout / 2)
        // What is given up is soon not sent any more; left out, it would be for another 30 seconds. The
        // kernel begins to count at its own second or third try, and anew when a part of what it
        // sends was taken; with half, the last byte leaves within the request timeout all the same.
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
