//! The clients for outgoing requests, one for each request timeout.
//!
//! Some limits of a request belong to its connection: how long establishing it may take, and how
//! long the kernel keeps sending what a closed socket had accepted. The timeout of a request is
//! recorded with its operation and may differ from today's configuration, so it selects the client.

use std::collections::BTreeMap;
use std::error::Error;
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
        let authorities = ca_file.map(authorities).transpose()?.unwrap_or_default();
        let clients = Clients {
            authorities,
            by_request_timeout: Mutex::default(),
        };
        match clients.find(request_timeout) {
            Ok(_) => Ok(clients),
            Err(error) => Err(no_client(&error)),
        }
    }

    /// The client for requests that may take `request_timeout`, from the first step of connecting
    /// to the last byte of the response.
    pub(crate) fn within(&self, request_timeout: Duration) -> Result<Client, NoAnswer> {
        self.find(request_timeout)
            .map_err(|error| NoAnswer::Withheld(format!("no client could be made: {error}")))
    }

    fn find(&self, request_timeout: Duration) -> Result<Client, String> {
        let made = self.by_request_timeout.lock();
        let mut made = made.unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = made.get(&request_timeout) {
            return Ok(client.clone());
        }
        let builder = builder(request_timeout).tls_certs_merge(self.authorities.clone());
        let client = builder.build().map_err(|error| with_reasons(&error))?;
        made.insert(request_timeout, client.clone());
        Ok(client)
    }
}

fn authorities(pem: &[u8]) -> Result<Vec<Certificate>, String> {
    let read = Certificate::from_pem_bundle(pem);
    let read = read.map_err(|error| format!("http.ca_file: {}", with_reasons(&error)))?;
    if read.is_empty() {
        return Err(
            "http.ca_file contains no certificate: it must be PEM, with \
                    -----BEGIN CERTIFICATE-----"
                .to_owned(),
        );
    }
    // Beside the system's, a certificate that can't be read would be passed over.
    let alone = Client::builder().tls_certs_only(read.clone()).build();
    alone.map_err(|error| {
        format!(
            "http.ca_file holds a certificate that can't be used ({}): copy it from the authority \
             again",
            with_reasons(&error)
        )
    })?;
    Ok(read)
}

/// An image without the system's certificate authorities is the usual reason.
fn no_client(error: &str) -> String {
    format!(
        "no HTTPS client can be made ({error}): if no certificate authorities are found, install \
         the system's (package ca-certificates; in an image /etc/ssl/certs/ca-certificates.crt), \
         or name some in http.ca_file"
    )
}

/// The error with its reasons: the first alone says "builder error".
pub(crate) fn with_reasons(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut reason = error.source();
    while let Some(error) = reason {
        text += &format!(": {error}");
        reason = error.source();
    }
    text
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_authorities_that_can_not_be_used_is_named_with_the_fix() {
        for (pem, fix) in [
            ("", "it must be PEM"),
            ("hello", "it must be PEM"),
            (
                "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n",
                "copy it from the authority again",
            ),
        ] {
            let refused = Clients::new(Some(pem.as_bytes()), Duration::from_secs(1));
            let told = refused.err().unwrap();
            assert!(told.starts_with("http.ca_file"), "{told}");
            assert!(told.contains(fix), "{told}");
        }
    }
}
