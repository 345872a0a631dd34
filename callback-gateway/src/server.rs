//! The accept loop. Axum's own has no timer, so a silent socket would stay open for ever; this one
//! bounds how many connections there are, how long a request may take to arrive, and how long a
//! connection may live.

use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::{CONNECTION, TRANSFER_ENCODING};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use tokio_util::io::InspectReader;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;
use tracing::warn;

use crate::configuration::GatewaySettings;
use crate::connections::{Connections, Place};
use crate::framing::{Ambiguity, Framing};
use crate::measures::{self, Port};
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
    port: Port,
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
                Ok(place) => {
                    let conversation = Conversation {
                        port,
                        router: router.clone(),
                        header_timeout: settings.header_timeout,
                        request_timeout: settings.request_timeout,
                        shutdown: shutdown.clone(),
                        _place: place,
                    };
                    open.spawn(conversation.hold(stream, address.ip()));
                }
                Err(reason) => measures::connection_refused(port, reason),
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
    port: Port,
    router: Router,
    header_timeout: Duration,
    request_timeout: Duration,
    shutdown: CancellationToken,
    _place: Place,
}

impl Conversation {
    async fn hold(self, stream: TcpStream, address: IpAddr) {
        let ambiguity = Ambiguity::default();
        let mut framing = Framing::new(ambiguity.clone());
        let stream = InspectReader::new(stream, move |bytes: &[u8]| framing.follow(bytes));
        let service = service_fn(|mut request: Request<Incoming>| {
            request.extensions_mut().insert(Socket(address));
            request.extensions_mut().insert(ambiguity.clone());
            let is_last = ambiguity.is_there() || request.headers().contains_key(TRANSFER_ENCODING);
            let response = self.router.clone().oneshot(request);
            async move {
                let mut response = response.await?;
                if is_last {
                    let headers = response.headers_mut();
                    headers.insert(CONNECTION, HeaderValue::from_static("close"));
                }
                Ok::<_, Infallible>(response)
            }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.header_timeout)
            .max_headers(MOST_HEADERS)
            .max_buf_size(LONGEST_HEAD)
            .serve_connection(TokioIo::new(stream), service);
        let mut connection = pin!(connection);
        let _counted = measures::connected(self.port);
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    measures::connection_failed(self.port, how_it_ended(&error));
                }
                return;
            }
            () = self.shutdown.cancelled() => {}
            () = sleep(LONGEST_CONNECTION) => {}
        }
        connection.as_mut().graceful_shutdown();
        let _ = timeout(self.request_timeout, connection).await;
    }
}

/// What hyper ended a connection for, in one word. The error itself may hold what the peer sent.
fn how_it_ended(error: &hyper::Error) -> &'static str {
    match error {
        error if error.is_parse_too_large() => "too_large",
        error if error.is_parse() => "unreadable",
        error if error.is_timeout() => "timed_out",
        _ => "broken_off",
    }
}
