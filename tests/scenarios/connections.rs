//! Bytes that are sent late: how the connections of a worker limit them.

use std::collections::BTreeSet;
use std::time::Duration;

use harness::Stack;

use crate::books::{builder, charge, ends, pending, restart_worker, until};
use crate::keys::change_worker_file;

/// The kernel keeps sending what a closed socket had accepted: without a limit of ours for 30
/// seconds, and a submission that was given up may be executed then. The limit is half the timeout,
/// since the kernel starts to count late.
#[tokio::test]
async fn on_no_connection_the_kernel_sends_for_longer_than_the_recorded_request_timeout() {
    let mut stack = builder().start().await.unwrap();
    pending(&stack, "old", "never").await;
    let partner = stack.partner().url().to_owned();
    assert_eq!(limits(&stack, &partner).await, [500]);

    let (short, long) = ("request_timeout = \"1s\"", "request_timeout = \"3s\"");
    change_worker_file(&stack, short, long);
    restart_worker(&mut stack).await;
    charge(&stack, "new").await;
    ends(&stack, "new", "completed").await;
    // The old one keeps the time that was recorded with it.
    until("both are asked about", async || {
        (milliseconds(stack.user_timeouts(&partner).unwrap()) == [500, 1_500]).then_some(())
    })
    .await;
    // On the short way, billing has a second at most.
    let billing = stack.billing().url().to_owned();
    assert_eq!(limits(&stack, &billing).await, [500]);
    stack.partner().finish("old").await.unwrap();
    ends(&stack, "old", "completed").await;
}

/// The different limits, as soon as there is a connection: one that has failed is closed.
async fn limits(stack: &Stack, url: &str) -> Vec<u128> {
    until("there is a connection", async || {
        let limits = milliseconds(stack.user_timeouts(url).unwrap());
        (!limits.is_empty()).then_some(limits)
    })
    .await
}

/// The different ones.
fn milliseconds(timeouts: Vec<Duration>) -> Vec<u128> {
    let different: BTreeSet<u128> = timeouts.iter().map(Duration::as_millis).collect();
    different.into_iter().collect()
}
