//! Holds one operation of each kind at each point, all at once.

use std::time::{Duration, Instant};

use anyhow::ensure;
use futures::future::try_join_all;
use harness::{Stack, Timings};
use serde_json::{Value, json};

use super::held::Look;
use super::point::{Kind, POINTS, Point};

/// A request is held for long enough that all of them can be held at the same time, also on a machine
/// that is busy with something else.
pub(crate) const TIMINGS: Timings = Timings {
    request_timeout: "30s",
    first_check: "10s",
    growth: 1,
    longest_pause: "10s",
    visibility_delay: "3s",
    needs_attention_after: "10m",
    attention_check: "10s",
    look_again_after: None,
};

/// [`TIMINGS`] as a duration.
pub(crate) const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// By when the longest step's report is awaited at the latest: it may have waited for a worker, and
/// makes three requests.
pub(crate) const DEADLINE: Duration = Duration::from_secs(10 + 3 * 30 + 5);

/// How long the first task of an operation is kept back by Temporal; longer than staging takes.
const START_DELAY: &str = "120s";

/// How long staging may take.
const PATIENCE: Duration = Duration::from_secs(110);

const PAUSE_BETWEEN_LOOKS: Duration = Duration::from_millis(300);

/// An extra payment or a reversal, and where it is to be held.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Operation {
    pub(crate) point: Point,
    pub(crate) kind: Kind,
    pub(crate) request_id: String,
    pub(crate) order_id: String,
}

/// Every operation of one stack, in the order of the table's rows.
pub(crate) fn operations() -> Vec<Operation> {
    let rows = POINTS.iter().enumerate();
    rows.flat_map(|(number, &point)| {
        point.kinds().iter().map(move |&kind| Operation {
            point,
            kind,
            request_id: format!("{}-{number}", kind.verb()),
            order_id: format!("order-{}-{number}", kind.verb()),
        })
    })
    .collect()
}

/// Leaves every operation at its point, and the worker frozen with the first tasks in its hands.
pub(crate) async fn stage(stack: &Stack, operations: &[Operation]) -> anyhow::Result<()> {
    for operation in operations {
        let scenario = operation.point.scenario();
        let partner = stack.partner();
        partner
            .set_order_scenario(&operation.order_id, scenario)
            .await?;
    }
    let faults = operations
        .iter()
        .filter_map(|it| it.point.billing_fault(&it.request_id));
    let faults = json!(faults.collect::<Vec<Value>>());
    stack.billing().set_faults(faults).await?;
    let (last, first): (Vec<Operation>, Vec<Operation>) = operations
        .iter()
        .cloned()
        .partition(|it| it.point == Point::FirstTask);
    try_join_all(first.iter().map(|it| start(stack, it))).await?;
    for operation in first.iter().filter(|it| it.point == Point::Resolving) {
        propose(stack, operation).await?;
    }
    until_held(stack, &first).await?;
    stack.freeze_worker()?;
    try_join_all(last.iter().map(|it| start(stack, it))).await?;
    until_held(stack, &last).await
}

/// Lifts everything that holds operations, so that each can go to its end.
pub(crate) async fn lift(stack: &Stack, operations: &[Operation]) -> anyhow::Result<()> {
    stack.billing().set_faults(json!([])).await?;
    for operation in operations {
        let partner = stack.partner();
        partner
            .set_order_scenario(&operation.order_id, json!({}))
            .await?;
        if operation.point == Point::WaitingForCallback {
            partner.finish(&operation.request_id).await?;
        }
    }
    Ok(())
}

async fn until_held(stack: &Stack, operations: &[Operation]) -> anyhow::Result<()> {
    let begun = Instant::now();
    loop {
        let missing = Look::at(stack, operations).await?.not_held(operations)?;
        if missing.is_empty() {
            return Ok(());
        }
        ensure!(
            begun.elapsed() < PATIENCE,
            "not at their points: {missing:?}"
        );
        tokio::time::sleep(PAUSE_BETWEEN_LOOKS).await;
    }
}

async fn start(stack: &Stack, operation: &Operation) -> anyhow::Result<()> {
    let Operation {
        point,
        kind,
        request_id,
        order_id,
    } = operation;
    if *point == Point::BeforeTheFirstTask {
        return start_later(stack, operation).await;
    }
    #[rustfmt::skip]
    let arguments = [
        "start", kind.verb(), "--request-id", request_id, "--order-id", order_id,
        "--amount", "125.50", "--currency", "KGS", "--country", "KG",
    ];
    stack.payments(&arguments).await.map(|_| ())
}

/// Temporal has the operation and gives its first task to nobody yet.
async fn start_later(stack: &Stack, operation: &Operation) -> anyhow::Result<()> {
    let input = json!({
        "request_id": operation.request_id, "order_id": operation.order_id,
        "amount": "125.50", "currency": "KGS", "country": "KG",
    });
    let workflow_id = workflow_id(&operation.request_id);
    #[rustfmt::skip]
    let arguments = [
        "workflow", "start", "--workflow-id", &workflow_id,
        "--type", operation.kind.workflow_type(),
        "--task-queue", "sky-technologies-integration",
        "--start-delay", START_DELAY, "--input", &input.to_string(),
    ];
    stack.temporal().cli(&arguments).await.map(|_| ())
}

/// An operator's word, as soon as it may be given; its decision has to wait for the partner.
async fn propose(stack: &Stack, operation: &Operation) -> anyhow::Result<()> {
    let begun = Instant::now();
    let status = ["status", operation.request_id.as_str()];
    while stack.payments(&status).await?["phase"] != "needs_attention" {
        ensure!(
            begun.elapsed() < PATIENCE,
            "{} needs no attention",
            operation.request_id
        );
        tokio::time::sleep(PAUSE_BETWEEN_LOOKS).await;
    }
    let word = json!({ "as": "completed", "operator": "crash-matrix", "reason": "told by phone" });
    let workflow_id = workflow_id(&operation.request_id);
    #[rustfmt::skip]
    let update = [
        "workflow", "update", "start", "--workflow-id", &workflow_id,
        "--name", "resolve", "--wait-for-stage", "accepted", "--input", &word.to_string(),
    ];
    stack.temporal().cli(&update).await.map(|_| ())
}

/// The workflow that carries a request out (`docs/contract.md`).
pub(crate) fn workflow_id(request_id: &str) -> String {
    format!("sky-payment-{request_id}")
}
