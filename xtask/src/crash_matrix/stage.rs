//! Holds one operation of each kind at each point, all at once.

use std::time::{Duration, Instant};

use anyhow::ensure;
use futures::future::try_join_all;
use harness::Stack;
use serde_json::{Value, json};

use super::held::Held;
use super::look::Look;
use super::point::Point;
use super::scene::Scene;

/// How long one request may take in [`Scene::EVERY_POINT`].
pub(crate) const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);

/// By when the longest step's report is awaited at the latest: it may have waited for a worker, and
/// makes three requests.
pub(crate) const DEADLINE: Duration = Duration::from_secs(10 + 3 * REQUEST_TIMEOUT.as_secs() + 5);

/// How long the first task of an operation is kept back by Temporal; longer than staging takes.
const START_DELAY: &str = "120s";

/// How long staging may take.
const PATIENCE: Duration = Duration::from_secs(110);

const PAUSE_BETWEEN_LOOKS: Duration = Duration::from_millis(100);

/// Leaves every operation at its point, and the worker frozen with tasks in its hands that it has not
/// seen yet.
pub(crate) async fn stage(stack: &Stack, scene: &Scene, operations: &[Held]) -> anyhow::Result<()> {
    for held in operations {
        let operation = &held.operation;
        if let Point::AtStripe(point) = held.point {
            point.hold(stack.stripe()?, &operation.request_id).await?;
            continue;
        }
        let scenario = held.point.scenario(scene.question_takes);
        let partner = stack.partner();
        partner
            .set_order_scenario(&operation.order_id, scenario)
            .await?;
    }
    let faults = operations
        .iter()
        .filter_map(|it| it.point.billing_fault(&it.operation.request_id));
    let faults = json!(faults.collect::<Vec<Value>>());
    stack.billing().set_faults(faults).await?;
    let at = |is_there: fn(Point) -> bool| {
        let there = operations.iter().filter(move |it| is_there(it.point));
        there.cloned().collect::<Vec<Held>>()
    };
    let running = at(|point| !matches!(point, Point::FirstTask | Point::StepNotBegun));
    // Those with pauses go first, so that all are held at the same time.
    let (late, soon): (Vec<Held>, Vec<Held>) = running
        .iter()
        .cloned()
        .partition(|it| it.point.has_a_pause());
    start_all(stack, &late).await?;
    // What is held by one call would be held too early.
    let pausing = at(|point| point.has_a_pause() && point != Point::Resolving);
    until_held(stack, scene, &pausing).await?;
    for operation in running.iter().filter(|it| it.point == Point::Resolving) {
        propose(stack, operation).await?;
    }
    start_all(stack, &soon).await?;
    until_held(stack, scene, &running).await?;
    let not_begun = at(|point| point == Point::StepNotBegun);
    if !not_begun.is_empty() {
        keep_steps_back(stack, true).await?;
        start_all(stack, &not_begun).await?;
        until_scheduled(stack, &not_begun).await?;
    }
    stack.freeze_worker()?;
    if !not_begun.is_empty() {
        keep_steps_back(stack, false).await?;
        until_held(stack, scene, &not_begun).await?;
    }
    let first_task = at(|point| point == Point::FirstTask);
    start_all(stack, &first_task).await?;
    until_held(stack, scene, &first_task).await
}

/// Has the orders paid that Stripe has to know.
pub(crate) async fn pay(stack: &Stack, operations: Vec<Held>) -> anyhow::Result<Vec<Held>> {
    let paid = operations.into_iter().map(async |mut held| {
        if matches!(held.point, Point::AtStripe(_)) {
            held.operation = stack.stripe()?.paid(held.operation, "840.00").await?;
        }
        anyhow::Ok(held)
    });
    try_join_all(paid).await
}

/// Lifts everything that holds operations, so that each can go to its end.
pub(crate) async fn lift(stack: &Stack, operations: &[Held]) -> anyhow::Result<()> {
    stack.billing().set_faults(json!([])).await?;
    stack.stripe()?.set_faults(json!([])).await?;
    for operation in operations {
        let partner = stack.partner();
        partner
            .set_order_scenario(&operation.operation.order_id, json!({}))
            .await?;
        if operation.point == Point::WaitingForCallback {
            partner.finish(&operation.operation.request_id).await?;
        }
    }
    Ok(())
}

async fn start_all(stack: &Stack, operations: &[Held]) -> anyhow::Result<()> {
    let starts = operations.iter().map(|it| start(stack, it));
    try_join_all(starts).await.map(|_| ())
}

/// Makes Temporal hand out no more steps to Sky, or all of them again.
async fn keep_steps_back(stack: &Stack, kept: bool) -> anyhow::Result<()> {
    let limit = if kept { "0" } else { "default" };
    #[rustfmt::skip]
    let set = [
        "task-queue", "config", "set", "--task-queue", "sky-technologies-integration:kg-main",
        "--task-queue-type", "activity", "--queue-rps-limit", limit,
    ];
    stack.temporal().cli_text(&set).await.map(|_| ())
}

/// Waits until the steps are to be handed out, which Temporal does not do yet.
async fn until_scheduled(stack: &Stack, operations: &[Held]) -> anyhow::Result<()> {
    let begun = Instant::now();
    for operation in operations {
        let workflow_id = operation.operation.workflow_id();
        let describe = ["workflow", "describe", "--workflow-id", &workflow_id];
        while stack.temporal().cli(&describe).await?["pendingActivities"].is_null() {
            ensure!(begun.elapsed() < PATIENCE, "{workflow_id} begins no step");
        }
    }
    Ok(())
}

async fn until_held(stack: &Stack, scene: &Scene, operations: &[Held]) -> anyhow::Result<()> {
    let begun = Instant::now();
    // What was missing when the most were there: later what was held first is given up.
    let mut fewest = Vec::new();
    loop {
        let look = Look::at(stack, operations, scene.call_lasted).await?;
        let missing = look.not_held(operations)?;
        if missing.is_empty() {
            return Ok(());
        }
        if fewest.is_empty() || missing.len() < fewest.len() {
            fewest = missing;
        }
        ensure!(
            begun.elapsed() < PATIENCE,
            "not at their points: {fewest:?}"
        );
        tokio::time::sleep(PAUSE_BETWEEN_LOOKS).await;
    }
}

async fn start(stack: &Stack, held: &Held) -> anyhow::Result<()> {
    let operation = &held.operation;
    if held.point != Point::BeforeTheFirstTask {
        return stack.start(operation).await.map(|_| ());
    }
    // Temporal has the operation and gives its first task to nobody yet.
    let (workflow_id, input) = (operation.workflow_id(), operation.input().to_string());
    #[rustfmt::skip]
    let arguments = [
        "workflow", "start", "--workflow-id", &workflow_id,
        "--type", operation.kind.workflow_type(),
        "--task-queue", "sky-technologies-integration",
        "--start-delay", START_DELAY, "--input", &input,
    ];
    stack.temporal().cli(&arguments).await.map(|_| ())
}

/// An operator's resolution, as soon as it is possible; its decision has to wait for the partner.
async fn propose(stack: &Stack, held: &Held) -> anyhow::Result<()> {
    let operation = &held.operation;
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
    let workflow_id = operation.workflow_id();
    #[rustfmt::skip]
    let update = [
        "workflow", "update", "start", "--workflow-id", &workflow_id,
        "--name", "resolve", "--wait-for-stage", "accepted", "--input", &word.to_string(),
    ];
    stack.temporal().cli(&update).await.map(|_| ())
}
