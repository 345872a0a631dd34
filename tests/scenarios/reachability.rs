//! Nothing is sent to an unreachable partner, and what was not sent is not open.

use std::fs;
use std::net::SocketAddr;

use harness::Stack;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};

use crate::books::{charge, ends, reaches, stack, until};

#[tokio::test]
async fn a_refused_connection_leaves_nothing_open_and_is_tried_again() {
    let mut stack = stack().await;
    let partner = stack.partner().url().to_owned();
    let address = free_address();
    move_partner(&mut stack, &partner, &format!("http://{address}")).await;
    is_not_sent(&stack, "refused").await;
    forward(address, partner.trim_start_matches("http://")).await;
    ends(&stack, "refused", "completed").await;
}

#[tokio::test]
async fn a_partner_whose_tls_fails_is_sent_nothing() {
    let mut stack = stack().await;
    let partner = stack.partner().url().to_owned();
    // The simulator speaks plain http, so no handshake succeeds.
    let encrypted = partner.replace("http://", "https://");
    move_partner(&mut stack, &partner, &encrypted).await;
    is_not_sent(&stack, "tls").await;
    let state = reaches(&stack, "tls", "needs_attention").await;
    assert_eq!(state["submitted"], false, "{state}");
    assert!(stack.partner().journal().await.unwrap().is_empty());
}

async fn is_not_sent(stack: &Stack, id: &str) {
    charge(stack, id).await;
    let waiting = until("it waits to be sent", async || {
        let state = crate::books::state(stack, id).await;
        (state["last_error"] == "not sent: connecting failed").then_some(state)
    })
    .await;
    assert_eq!(waiting["submitted"], false, "{waiting}");
    assert_eq!(waiting["at_stake"], "nothing_sent");
}

/// An address of this machine where nobody listens.
fn free_address() -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

/// Listens at `address` until the test ends, and passes everything on.
async fn forward(address: SocketAddr, to: &str) {
    let listener = TcpListener::bind(address).await.unwrap();
    let to = to.trim_end_matches('/').to_owned();
    tokio::spawn(async move {
        while let Ok((mut ours, _)) = listener.accept().await {
            let to = to.clone();
            tokio::spawn(async move {
                let mut theirs = TcpStream::connect(to).await.unwrap();
                copy_bidirectional(&mut ours, &mut theirs).await
            });
        }
    });
}

/// Configures the partner at another address before any operation is open.
async fn move_partner(stack: &mut Stack, from: &str, to: &str) {
    let path = stack.folder().join("worker.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(path, text.replace(&format!("{from}\""), &format!("{to}\""))).unwrap();
    stack.stop_worker().await.unwrap();
    stack.start_worker().await.unwrap();
}
