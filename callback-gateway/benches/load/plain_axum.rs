//! The reference for refusals: axum that answers "ok", in a process of its own as the gateway is.

use std::process::ExitCode;

use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use tokio::net::TcpListener;

/// Says where it listens, as the gateway does, and serves for ever.
pub(crate) async fn serve() -> ExitCode {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    println!(r#"{{"listening":"http://{address}"}}"#);
    let router = Router::new().route("/v1/on_payment_completed", post(async |_: Bytes| "ok"));
    axum::serve(listener, router).await.unwrap();
    ExitCode::SUCCESS
}
