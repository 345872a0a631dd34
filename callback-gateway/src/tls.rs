//! TLS on the public port, with a certificate that may change while connections come and go.

use std::sync::{PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::task::spawn_blocking;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tracing::{info, warn};

use crate::configuration::Identity;
use crate::metrics;

/// The identity for new connections.
pub struct Tls {
    identity: RwLock<Identity>,
}

impl Tls {
    /// Starts with `identity`.
    pub fn new(identity: Identity) -> Tls {
        metrics::tls_begins();
        metrics::certificate_expires(identity.expires);
        Tls {
            identity: RwLock::new(identity),
        }
    }

    /// Checks regularly whether the files have changed, for ever. If the files are invalid, or only
    /// one of them has changed so far, nothing happens except a count and one line in the log. Open
    /// connections keep the certificate that they started with.
    pub async fn keep_current(&self) {
        let mut told = None;
        loop {
            let files = self.current().files.clone();
            sleep(files.check_every).await;
            let read = spawn_blocking(move || files.load()).await;
            match read.unwrap_or_else(|error| Err(error.to_string())) {
                Ok(identity) => {
                    told = None;
                    self.become_who(identity);
                }
                Err(fault) => {
                    if told.as_ref() != Some(&fault) {
                        warn!(
                            fault,
                            "the changed certificate can't be used; the old one stays"
                        );
                        metrics::certificate_reloaded("refused");
                    }
                    told = Some(fault);
                }
            }
        }
    }

    /// The handshake with one peer, if it succeeds in time.
    pub(crate) async fn greet(
        &self,
        stream: TcpStream,
        within: Duration,
    ) -> Option<TlsStream<TcpStream>> {
        let acceptor = TlsAcceptor::from(self.current().config.clone());
        let handshake = acceptor.accept(stream);
        let (stream, result) = match timeout(within, handshake).await {
            Ok(Ok(stream)) => (Some(stream), "done"),
            Ok(Err(_)) => (None, "failed"),
            Err(_) => (None, "timed_out"),
        };
        metrics::shook_hands(result);
        stream
    }

    fn current(&self) -> RwLockReadGuard<'_, Identity> {
        self.identity.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn become_who(&self, identity: Identity) {
        let current = self.identity.write();
        let mut current = current.unwrap_or_else(PoisonError::into_inner);
        if current.fingerprint == identity.fingerprint {
            return;
        }
        info!(expires = %identity.expires, "the certificate has changed");
        metrics::certificate_reloaded("loaded");
        metrics::certificate_expires(identity.expires);
        *current = identity;
    }
}
