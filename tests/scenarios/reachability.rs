//! Nothing is sent to an unreachable partner, and what was not sent is not open.

use std::net::Ipv4Addr;

use harness::Stack;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpSocket, TcpStream};

use crate::books::{charge, ends, reaches, restart_worker, stack, until};
use crate::keys::change_worker_file;

#[tokio::test]
async fn a_refused_connection_leaves_nothing_open_and_is_tried_again() {
    let mut stack = stack().await;
    let partner = stack.partner().url().to_owned();
    let (socket, url) = where_nobody_listens();
    move_partner(&mut stack, &partner, &url).await;
    is_not_sent(&stack, "refused").await;
    forward(socket, partner.trim_start_matches("http://"));
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

/// An address of this machine that is taken, so that nobody else comes to listen there.
fn where_nobody_listens() -> (TcpSocket, String) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let url = format!("http://{}", socket.local_addr().unwrap());
    (socket, url)
}

/// Listens there until the test ends, and passes everything on.
fn forward(socket: TcpSocket, to: &str) {
    let listener = socket.listen(100).unwrap();
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
    change_worker_file(stack, &format!("{from}\""), &format!("{to}\""));
    restart_worker(stack).await;
}
