//! Awaiting what comes from outside of a workflow task.

use std::future::{pending, poll_fn};
use std::pin::pin;

use temporalio_workflow::WorkflowContext;

/// What a query is told that came before the workflow task which it has to follow.
pub const TOO_EARLY: &str = "a workflow task is due, and answers come after it; ask again";

/// Awaits what a later workflow task brings: a timer, a signal, the end of an activity.
///
/// A query that had to wait for a worker can bring it too early. It comes with all of the history, and
/// the SDK gives the run also those events that are in no workflow task yet, at the time of the last
/// task. In a replay they come later, and the run may decide otherwise. So the query fails, the run
/// leaves the worker's cache, and its next task finds a fresh one
/// (`docs/decisions/0026-a-run-does-not-go-on-from-a-query.md`).
pub(crate) async fn outside<W, T>(ctx: &WorkflowContext<W>, awaited: impl Future<Output = T>) -> T {
    let mut awaited = pin!(awaited);
    let mut last_pending = None;
    let outcome = poll_fn(|context| {
        let polled = awaited.as_mut().poll(context);
        if polled.is_pending() {
            last_pending = Some((ctx.workflow_time(), ctx.all_handlers_finished()));
        }
        polled
    })
    .await;
    let came_with_a_query = last_pending.is_some_and(|(at, had_finished)| {
        // The end of an update can end a wait within the task in which it began.
        let update_ended = !had_finished && ctx.all_handlers_finished();
        ctx.workflow_time() == at && !update_ended
    });
    if came_with_a_query {
        ctx.force_task_fail(TOO_EARLY);
        return pending().await;
    }
    outcome
}
