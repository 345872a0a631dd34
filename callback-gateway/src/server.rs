//! The public socket: an accept loop with a limit at every stage. `axum::serve` has none for a
//! peer that sends its head slowly or not at all.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::http::{Version, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower_http::catch_panic::CatchPanicLayer;
use tracing::warn;

use crate::on_payment_completed::{Gateway, PATH, on_payment_completed};
use crate::peers::Peers;
use crate::refusal::Refusal;

const MAX_HEADERS: usize = 64;
const MAX_HEAD: usize = 16 * 1024;

/// How often idle peers are forgotten.
const FORGET_EVERY: Duration = Duration::from_secs(30);

/// How long open connections may go on once the process is to stop.
const LAST_ANSWERS: Duration = Duration::from_secs(8);

/// The limits on connections.
#[derive(Clone, Copy)]
pub struct Limits {
    /// How many are open at a time.
    pub max_connections: usize,
    /// In how much time a request's head must be there.
    pub header_timeout: Duration,
}

/// The public routes: one path, and 404 for everything else.
pub fn router(gateway: Arc<Gateway>) -> Router {
    Router::new()
        .route(PATH, any(on_payment_completed))
        .fallback(|| async { Refusal::NoSuchPath })
        .layer(middleware::from_fn(refuse_what_hides_something))
        .layer(CatchPanicLayer::new())
        .with_state(gateway)
}

/// Serves until `stop`, then lets open requests finish.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    peers: Arc<Peers>,
    limits: Limits,
    stop: CancellationToken,
) {
    let places = Arc::new(Semaphore::new(limits.max_connections));
    let open = TaskTracker::new();
    let mut forget = tokio::time::interval(FORGET_EVERY);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = forget.tick() => {
                peers.forget_idle();
                continue;
            }
            () = stop.cancelled() => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file descriptors, most likely: some are about to be closed.
                warn!(%error, "a connection was not accepted");
                sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let (Ok(place), Some(connection)) =
            (Arc::clone(&places).try_acquire_owned(), peers.connect(peer))
        else {
            metrics::counter!("sky_gateway_connections_refused_total").increment(1);
            continue;
        };
        let (router, stop) = (router.clone(), stop.clone());
        open.spawn(async move {
            serve_connection(stream, peer, router, limits.header_timeout, stop).await;
            drop((place, connection));
        });
    }
    open.close();
    let _ = timeout(LAST_ANSWERS, open.wait()).await;
}

async fn serve_connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    header_timeout: Duration,
    stop: CancellationToken,
) {
    let _ = stream.set_nodelay(true);
    let service = TowerToHyperService::new(router.layer(axum::Extension(ConnectInfo(peer))));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(header_timeout)
        .max_headers(MAX_HEADERS)
        .max_buf_size(MAX_HEAD)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    // What goes wrong on a connection is its peer's affair, and says nothing that we act on.
    tokio::select! {
        _ = connection.as_mut() => {}
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

/// Where two readers of one request could see two different ones, it is refused: no host or
/// several, an address in the request line, or a body whose length is told in two ways.
async fn refuse_what_hides_something(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let told_twice = headers.contains_key(header::TRANSFER_ENCODING)
        && headers.contains_key(header::CONTENT_LENGTH);
    let sound = headers.get_all(header::HOST).iter().count() == 1
        && headers.get_all(header::CONTENT_LENGTH).iter().count() <= 1
        && !told_twice
        && request.uri().authority().is_none()
        && request.version() == Version::HTTP_11;
    match sound {
        true => next.run(request).await,
        false => Refusal::BadRequest.into_response(),
    }
}
