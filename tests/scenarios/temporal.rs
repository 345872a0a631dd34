//! Temporal itself is slow, refuses, or is unreachable for moments: payments wait for it. If it is
//! not set up for them, no worker starts.

use std::time::Duration;

use futures::future::join_all;
use harness::{Policy, Stack};
use rstest::rstest;
use tokio::time::sleep;
use workflows::ExtraPayment;

use crate::books::{builder, charge, cli, client, ends, give_back, split, stack, until, words};

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
    // A caller without retries is refused, like the worker.
    let client = client(&stack).await;
    let asked = (0..20).map(|_| {
        let payment = client.get_workflow_handle::<ExtraPayment>("sky-payment-refused-1");
        async move { payment.describe(Default::default()).await }
    });
    let refused = |error: &_| format!("{error:?}").contains("ResourceExhausted");
    let answers = join_all(asked).await;
    let refusals = answers.iter().filter_map(|asked| asked.as_ref().err());
    assert!(refusals.filter(|error| refused(*error)).count() > 0);
    for id in ids {
        until("its result is there", async || {
            stack.payments(&["result", id]).await.ok()
        })
        .await;
    }
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
    while proxy.injected().len() < 3 {
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

#[tokio::test]
async fn without_its_namespace_no_worker_starts_and_the_error_names_the_fix() {
    let mut stack = builder().workers(0).start().await.unwrap();
    stack
        .temporal_mut()
        .set_variable("TEMPORAL_NAMESPACE", "nowhere");
    let error = stack.start_worker().await.unwrap_err().to_string();
    assert!(error.contains("exit status: 78"), "{error}");
    assert!(error.contains("has no namespace \"nowhere\""), "{error}");
    assert!(error.contains("correct TEMPORAL_NAMESPACE"), "{error}");
}

#[rstest]
#[case::of_the_amount("SkyAmountMinor", "Keyword", "Int")]
#[case::of_the_outcome("SkyOutcome", "Bool", "Keyword")]
#[tokio::test]
async fn with_a_search_attribute_of_another_type_no_worker_starts_and_the_commands_fix_it(
    #[case] name: &str,
    #[case] kind: &str,
    #[case] wanted: &str,
) {
    let mut stack = builder().workers(0).start().await.unwrap();
    charge(&stack, "typed").await;
    give_attribute_another_type(&stack, name, kind).await;
    let problem = format!("search attribute {name} is {kind} and must be {wanted}");
    until("Temporal tells of the other type", async || {
        let told = stack.worker_verb(&["setup", "--dry-run"]).await.unwrap();
        words(&told).contains(&problem).then_some(())
    })
    .await;
    let error = stack.start_worker().await.unwrap_err().to_string();
    assert!(error.contains("exit status: 78"), "{error}");
    assert!(error.contains(&problem), "{error}");
    assert!(stack.partner().journal().await.unwrap().is_empty());

    let (_, commands) = error.split_once("; run: ").unwrap();
    for command in commands.trim().split(" && ") {
        let mut words = split(command.trim_start_matches("temporal "));
        if words.contains(&"remove") {
            words.push("--yes");
        }
        stack.temporal().cli_text(&words).await.unwrap();
    }
    until("the worker starts", async || {
        stack.start_worker().await.ok()
    })
    .await;
    ends(&stack, "typed", "completed").await;
}

pub(crate) async fn give_attribute_another_type(stack: &Stack, name: &str, kind: &str) {
    let remove = format!("operator search-attribute remove --name {name} --yes");
    cli(stack, &remove).await;
    let create = format!("operator search-attribute create --name {name} --type {kind}");
    cli(stack, &create).await;
}
