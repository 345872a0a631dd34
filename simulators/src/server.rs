//! The accept loop: serves a router over plain HTTP/1.1 and can break a connection on purpose.
//!
//! An answer with `Severed` among its extensions is never sent: the connection is reset instead.
//! All other kinds of broken connections use ordinary bodies (see [`crate::misbehaviour`]).

use std::{
    convert::Infallible, error::Error, future::poll_fn, io, io::IsTerminal, net::SocketAddr,
    time::Duration,
};

use axum::{Router, body::Body, extract::Request, response::Response};
use clap::{Args, Command};
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    signal::unix::{SignalKind, signal},
    task::JoinSet,
};
use tower::ServiceExt;

/// Runs a simulator as a process: reads its options from the command line, logs on stderr, and serves
/// until SIGTERM or SIGINT.
pub async fn run<O: Args, S: Future<Output = anyhow::Result<Server>>>(
    about: &'static str,
    start: impl FnOnce(O) -> S,
) -> anyhow::Result<()> {
    let command = O::augment_args(Command::new(env!("CARGO_PKG_NAME")))
        .version(env!("CARGO_PKG_VERSION"))
        .about(about)
        .after_help(
            "Prints {\"listening\":\"http://…\"} on stdout, then logs on stderr. Everything under \
             /sim is for tests and people; see the README.",
        );
    let options = O::from_arg_matches(&command.get_matches())?;
    log_to_stderr();
    Ok(start(options).await?.run_until_signal().await?)
}

/// A running server. Dropping it closes the port and every connection.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    tasks: JoinSet<()>,
}

impl Server {
    /// Binds the address (port 0 picks a free one) and serves the router from now on.
    pub async fn start(listen: SocketAddr, router: Router) -> io::Result<Server> {
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, router));
        Ok(Server { address, tasks })
    }

    /// The address to send requests to, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Prints the address as one line of JSON, then serves until SIGTERM or SIGINT.
    async fn run_until_signal(mut self) -> io::Result<()> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        println!("{}", serde_json::json!({ "listening": self.url() }));
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            _ = self.tasks.join_next() => {}
        }
        Ok(())
    }
}

/// As an extension of a response, it makes the server reset the connection instead of answering.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Severed {
    /// How long the client waits without an answer first.
    pub(crate) after: Duration,
}

/// Logs on stderr, in colours if it is a terminal.
fn log_to_stderr() {
    let colours = io::stderr().is_terminal();
    tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_ansi(colours)
        .init();
}

async fn accept(listener: TcpListener, router: Router) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(serve(stream, router.clone()));
                }
                // Probably out of file descriptors: a pause lets some connections close.
                Err(error) => {
                    tracing::warn!(%error, "connection not accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(stream: TcpStream, router: Router) {
    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        Box::pin(answer(router.clone(), request.map(Body::new)))
    });
    // A request that has arrived counts, even if the client has already closed.
    let mut connection = http1::Builder::new()
        .half_close(true)
        .serve_connection(TokioIo::new(stream), service);
    let ended = poll_fn(|context| connection.poll_without_shutdown(context)).await;
    let stream = connection.into_parts().io.into_inner();
    if ended.is_err_and(|error| error.source().is_some_and(|cause| cause.is::<Reset>())) {
        // Closing a socket with a linger time of zero sends RST instead of FIN.
        if let Err(error) = stream.set_zero_linger() {
            tracing::warn!(%error, "connection closed instead of reset");
        }
    }
}

/// The handler runs in a task of its own, to its end: as with the real services, a client that
/// hangs up does not undo its request.
async fn answer(router: Router, request: Request) -> Result<Response, Reset> {
    let handler = tokio::spawn(router.oneshot(request));
    let response = match handler.await {
        Ok(Ok::<_, Infallible>(response)) => response,
        // The handler panicked; the panic hook has already reported it.
        Err(_) => return Err(Reset),
    };
    match response.extensions().get::<Severed>() {
        None => Ok(response),
        Some(severed) => {
            tokio::time::sleep(severed.after).await;
            Err(Reset)
        }
    }
}

/// The error with which a handler requests that the connection is reset.
#[derive(Debug, thiserror::Error)]
#[error("connection reset on purpose")]
struct Reset;
