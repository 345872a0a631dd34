//! Temporal itself is slow, refuses, or can't be reached for moments. Payments wait for it.

use std::time::Duration;

use tests::Policy;
use tokio::time::sleep;

use crate::books::{builder, charge, ends, give_back, stack, until};

#[tokio::test]
async fn a_temporal_that_is_slow_only_delays() {
    let stack = stack().await;
    charge(&stack, "slow-1").await;
    give_back(&stack, "slow-2").await;
    // The partner's answers and callbacks come while it answers nobody, for longer than a
    // request may take.
    for _ in 0..3 {
        stack.temporal().freeze().unwrap();
        sleep(Duration::from_secs(3)).await;
        stack.temporal().thaw().unwrap();
        sleep(Duration::from_millis(300)).await;
    }
    ends(&stack, "slow-1", "completed").await;
    ends(&stack, "slow-2", "completed").await;
}

#[tokio::test]
async fn a_temporal_that_refuses_with_resource_exhausted_only_delays() {
    // A payment takes some ten calls, and the pollers call all the time.
    let stack = builder()
        .temporal_setting("frontend.namespaceRPS=6")
        .temporal_setting("frontend.namespaceBurstRatio=1.0")
        .start()
        .await
        .unwrap();
    let ids = ["refused-1", "refused-2", "refused-3", "refused-4"];
    for id in ids {
        charge(&stack, id).await;
    }
    // Whoever asks is refused now and then, as the worker is.
    let mut refusals = 0;
    for id in ids {
        until("its result is there", async || {
            let asked = stack.payments(&["result", id]).await;
            let refused = |error: &anyhow::Error| error.to_string().contains("rate limit");
            refusals += usize::from(asked.as_ref().err().is_some_and(refused));
            asked.ok()
        })
        .await;
    }
    assert!(refusals > 0, "it never refused");
    for id in ids {
        ends(&stack, id, "completed").await;
    }
}

#[tokio::test]
async fn connections_between_worker_and_temporal_that_are_torn_lose_and_double_nothing() {
    let calm = Policy::NONE;
    let stack = builder().temporal_proxies(calm).start().await.unwrap();
    let proxy = &stack.temporal().proxies().unwrap().workers;
    proxy.set_policy(Policy { one_in: 2, ..calm });
    let mut ids = Vec::new();
    while proxy.injected().values().sum::<usize>() < 5 {
        let id = format!("torn-{}", ids.len());
        charge(&stack, &id).await;
        ids.push(id);
        // The worker keeps its connection. It is cut, so that the next one meets a fault.
        sleep(Duration::from_millis(700)).await;
        proxy.cut();
        assert!(ids.len() < 60, "only {:?}", proxy.injected());
    }
    proxy.set_policy(calm);
    proxy.cut();
    for id in &ids {
        ends(&stack, id, "completed").await;
    }
}
