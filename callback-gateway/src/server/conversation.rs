//! One connection, from its first byte to its end.

use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header::{CONNECTION, TRANSFER_ENCODING};
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_util::io::InspectReader;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::connections::Place;
use crate::framing::{Ambiguity, Framing};
use crate::metrics::{self, Port};
use crate::peer::Socket;
use crate::tls::Tls;

const MOST_HEADERS: usize = 64;
const LONGEST_HEAD: usize = 16 * 1024;

/// After this time a connection is closed at its next pause. This also ends connections whose peer
/// sends requests but never reads the answers.
const LONGEST_CONNECTION: Duration = Duration::from_secs(300);

/// What one connection needs for as long as it lives.
pub(super) struct Conversation {
    pub(super) port: Port,
    pub(super) peer: IpAddr,
    pub(super) router: Router,
    pub(super) tls: Option<Arc<Tls>>,
    pub(super) header_timeout: Duration,
    pub(super) request_timeout: Duration,
    pub(super) draining: CancellationToken,
    pub(super) shutdown: CancellationToken,
    pub(super) _place: Place,
}

impl Conversation {
    /// Serves the connection, with TLS if that is configured. A handshake has the time limit of a
    /// head.
    pub(super) async fn hold(self, stream: TcpStream) {
        let _counted = metrics::connected(self.port);
        match &self.tls {
            None => self.hold_over(stream).await,
            Some(tls) => {
                if let Some(stream) = tls.greet(stream, self.header_timeout).await {
                    self.hold_over(stream).await;
                }
            }
        }
    }

    async fn hold_over(&self, stream: impl AsyncRead + AsyncWrite + Unpin) {
        let ambiguity = Ambiguity::default();
        let mut framing = Framing::new(ambiguity.clone());
        let stream = InspectReader::new(stream, move |bytes: &[u8]| framing.follow(bytes));
        let service = service_fn(|request| self.answer(request, &ambiguity));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.header_timeout)
            .max_headers(MOST_HEADERS)
            .max_buf_size(LONGEST_HEAD)
            // Even if the peer sends no more, or has gone, its callback is stored and counted.
            .half_close(true)
            .serve_connection(TokioIo::new(stream), service);
        let mut connection = pin!(connection);
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    metrics::connection_failed(self.port, how_it_ended(&error));
                }
                return;
            }
            () = self.shutdown.cancelled() => {}
            () = sleep(LONGEST_CONNECTION) => {}
        }
        connection.as_mut().graceful_shutdown();
        let _ = timeout(self.request_timeout, connection).await;
    }

    /// Answers one request. After an ambiguous or a chunked request nothing more is accepted, nor
    /// what a peer over its limit has already sent. While the gateway drains, the answer tells the
    /// peer to come back over another connection, which its balancer leads to another gateway.
    async fn answer(
        &self,
        mut request: Request<Incoming>,
        ambiguity: &Ambiguity,
    ) -> Result<Response, Infallible> {
        request.extensions_mut().insert(Socket(self.peer));
        request.extensions_mut().insert(ambiguity.clone());
        let is_last = ambiguity.is_there() || request.headers().contains_key(TRANSFER_ENCODING);
        let mut response = self.router.clone().oneshot(request).await?;
        if is_last
            || response.status() == StatusCode::TOO_MANY_REQUESTS
            || self.draining.is_cancelled()
        {
            let headers = response.headers_mut();
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        Ok(response)
    }
}

/// Why hyper ended a connection, in one word. The error itself may contain what the peer sent.
fn how_it_ended(error: &hyper::Error) -> &'static str {
    match error {
        error if error.is_parse_too_large() => "too_large",
        error if error.is_parse() => "unreadable",
        error if error.is_timeout() => "timed_out",
        _ => "broken_off",
    }
}
