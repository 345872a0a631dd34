//! A partner that can't be reached at all is sent nothing, and what was not sent is not open.

use std::fs;

use tests::Stack;

use crate::books::{charge, ends, stack, until};

#[tokio::test]
async fn a_refused_connection_leaves_nothing_open_and_is_tried_again() {
    let mut stack = stack().await;
    let partner = stack.partner().url().to_owned();
    // Nobody listens on the port of TCP's discard service here.
    move_partner(&mut stack, &partner, "http://127.0.0.1:9").await;
    is_not_sent(&stack, "refused").await;
    move_partner(&mut stack, "http://127.0.0.1:9", &partner).await;
    ends(&stack, "refused", "completed").await;
}

#[tokio::test]
async fn a_partner_whose_tls_fails_is_sent_nothing() {
    let mut stack = stack().await;
    let partner = stack.partner().url().to_owned();
    // The simulator speaks plain http: no handshake comes about.
    let encrypted = partner.replace("http://", "https://");
    move_partner(&mut stack, &partner, &encrypted).await;
    is_not_sent(&stack, "tls").await;
    assert!(stack.partner().journal().await.unwrap().is_empty());
    move_partner(&mut stack, &encrypted, &partner).await;
    ends(&stack, "tls", "completed").await;
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

async fn move_partner(stack: &mut Stack, from: &str, to: &str) {
    let path = stack.folder().join("worker.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(path, text.replace(&format!("{from}\""), &format!("{to}\""))).unwrap();
    stack.stop_worker().await.unwrap();
    stack.start_worker().await.unwrap();
}
