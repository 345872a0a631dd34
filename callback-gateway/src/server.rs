//! The accept loop. Axum's own has no timer, so a silent socket would stay open for ever; this one
//! bounds how many connections there are, how long a request may take to arrive, and how long a
//! connection may live.

use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;
use tracing::warn;

use crate::configuration::GatewaySettings;
use crate::connections::{Connections, Place};
use crate::measures;
use crate::peer::Socket;

const MOST_HEADERS: usize = 64;
const LONGEST_HEAD: usize = 16 * 1024;

/// After this a connection is closed at its next pause. It also ends the one whose peer sends
/// requests but never reads the answers.
const LONGEST_CONNECTION: Duration = Duration::from_secs(300);

/// The pause after a connection could not be accepted, as when there are no more file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves `router` until `shutdown`; then takes no more connections and gives those that are open
/// the time of one request to end.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    settings: &GatewaySettings,
    shutdown: CancellationToken,
) {
    let connections = Arc::new(Connections::new(
        settings.max_connections.get(),
        settings.max_connections_per_peer.get(),
        settings.trusted_proxies.clone(),
    ));
    let open = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            () = shutdown.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, address)) => match connections.admit(address.ip()) {
                Some(place) => {
                    let conversation = Conversation {
                        router: router.clone(),
                        header_timeout: settings.header_timeout,
                        request_timeout: settings.request_timeout,
                        shutdown: shutdown.clone(),
                        _place: place,
                    };
                    open.spawn(conversation.hold(stream, address.ip()));
                }
                None => measures::connection_refused(),
            },
            Err(error) => {
                warn!(%error, "a connection could not be accepted");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    open.close();
    if timeout(settings.request_timeout, open.wait())
        .await
        .is_err()
    {
        warn!(
            connections = open.len(),
            "connections were still open at the deadline"
        );
    }
}

/// What one connection needs for as long as it lives.
struct Conversation {
    router: Router,
    header_timeout: Duration,
    request_timeout: Duration,
    shutdown: CancellationToken,
    _place: Place,
}

impl Conversation {
    async fn hold(self, stream: TcpStream, address: IpAddr) {
        let service = service_fn(|mut request: Request<Incoming>| {
            request.extensions_mut().insert(Socket(address));
            let router = self.router.clone();
            router.oneshot(request)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.header_timeout)
            .max_headers(MOST_HEADERS)
            .max_buf_size(LONGEST_HEAD)
            .serve_connection(TokioIo::new(stream), service);
        let mut connection = pin!(connection);
        tokio::select! {
            // How a connection ends is its peer's affair.
            _ = connection.as_mut() => return,
            () = self.shutdown.cancelled() => {}
            () = sleep(LONGEST_CONNECTION) => {}
        }
        connection.as_mut().graceful_shutdown();
        let _ = timeout(self.request_timeout, connection).await;
    }
}
