//! The metrics of open operations when very many are open.

use std::time::Duration;

use harness::{Operation, OperationKind, Stack};
use payments_client::PaymentsClient;

use crate::books::{builder, client, start_all, until};

/// More than one request lists.
const OPEN: usize = 1_500;

#[tokio::test(flavor = "multi_thread")]
async fn what_takes_long_to_list_is_listed_completely_by_one_worker_alone() {
    let mut stack = builder().workers(0).start().await.unwrap();
    open_many(&stack).await;
    let mut workers = Vec::new();
    for _ in 0..2 {
        stack.start_worker().await.unwrap();
        workers.push(stack.worker_private_url().unwrap());
    }
    let listing = until(
        "one of both lists them, and the other knows of it",
        async || {
            let both = [
                metrics(&stack, &workers[0]).await,
                metrics(&stack, &workers[1]).await,
            ];
            // Both have asked, and list what is short.
            for text in &both {
                value(
                    text,
                    r#"sky_open_operations_complete{listing="submitting"}"#,
                )?;
                value(
                    text,
                    r#"sky_open_operations_listed_timestamp_seconds{listing="paused"}"#,
                )?;
            }
            let mut counted = both.each_ref().map(|text| counted(text));
            counted.sort_unstable();
            let [first, second] = both;
            (counted == [0, OPEN]).then(|| format!("{first}\n{second}"))
        },
    )
    .await;
    let took = value(
        &listing,
        r#"sky_open_operations_listing_seconds{listing="submitting"}"#,
    );
    println!("{OPEN} were listed in {} s", took.unwrap());
}

/// No worker polls this queue, so they stay as they are.
async fn open_many(stack: &Stack) {
    let payments = PaymentsClient::new(client(stack).await, "nobody");
    let id = |n: usize| format!("open-{n}");
    let operations = (0..OPEN).map(|n| Operation::new(OperationKind::ExtraPayment, &id(n)));
    start_all(&payments, &operations.collect::<Vec<_>>()).await;
}

/// The open operations that nothing has happened to.
fn counted(metrics: &str) -> usize {
    let lines = metrics.lines();
    let lines = lines.filter(|it| it.starts_with("sky_open_operations{"));
    let lines = lines.filter(|it| it.contains(r#"phase="submitting""#));
    let counts = lines.filter_map(|it| it.rsplit(' ').next());
    counts.map(|it| it.parse::<usize>().unwrap()).sum()
}

fn value(metrics: &str, series: &str) -> Option<String> {
    let mut lines = metrics.lines();
    let found = lines.find_map(|line| line.strip_prefix(series))?;
    Some(found.trim().to_owned())
}

async fn metrics(stack: &Stack, worker: &str) -> String {
    let answer = stack.http().get(format!("{worker}/metrics"));
    let answer = answer.timeout(Duration::from_secs(10)).send().await;
    answer.unwrap().text().await.unwrap()
}
