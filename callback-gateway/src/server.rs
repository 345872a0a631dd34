//! The accept loop. Axum's own has no timer, so a silent socket would stay open for ever. This one
//! limits how many connections there are, how long a request may take to arrive, and how long a
//! connection may live.

mod conversation;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::warn;

use crate::configuration::GatewaySettings;
use crate::connections::Connections;
use crate::metrics::{self, Port};
use crate::tls::Tls;

use conversation::Conversation;

/// The pause after a connection could not be accepted, as when there are no more file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What serves one of the two ports.
pub struct Server<'a> {
    /// Which of the two.
    pub port: Port,
    /// The limits that it enforces.
    pub settings: &'a GatewaySettings,
    /// None means plain HTTP.
    pub tls: Option<Arc<Tls>>,
    /// From when on each answer ends its connection, so that none is open and idle at the shutdown.
    pub draining: CancellationToken,
    /// When to stop.
    pub shutdown: CancellationToken,
}

impl Server<'_> {
    /// Serves `router` until the shutdown. Then accepts no more connections, and gives the open
    /// ones the time of one request to finish.
    pub async fn serve(self, listener: TcpListener, router: Router) {
        let connections = Arc::new(Connections::new(self.settings, self.port));
        let open = TaskTracker::new();
        loop {
            let accepted = tokio::select! {
                () = self.shutdown.cancelled() => break,
                accepted = listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, address)) => match connections.admit(address.ip()) {
                    Ok(place) => {
                        let conversation = Conversation {
                            port: self.port,
                            peer: address.ip(),
                            router: router.clone(),
                            tls: self.tls.clone(),
                            header_timeout: self.settings.header_timeout,
                            request_timeout: self.settings.request_timeout,
                            draining: self.draining.clone(),
                            shutdown: self.shutdown.clone(),
                            _place: place,
                        };
                        open.spawn(conversation.hold(stream));
                    }
                    Err(reason) => metrics::connection_refused(self.port, reason),
                },
                Err(error) => {
                    warn!(%error, "a connection could not be accepted");
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
        drop(listener);
        open.close();
        let ended = timeout(self.settings.request_timeout, open.wait()).await;
        if ended.is_err() {
            warn!(
                connections = open.len(),
                "connections were still open at the deadline"
            );
        }
    }
}
