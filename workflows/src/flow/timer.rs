//! A timer that is there for its event.
//!
//! A query that arrives with a workflow task makes the SDK complete the task before the local activity
//! that the task waits for has ended. If neither that task nor the one before it had a command, a
//! replay treats it and the next task as a single one. That one has another time, so the replay may
//! decide differently (`docs/decisions/0020-the-short-way.md`).

use std::time::Duration;

use temporalio_workflow::{TimerOptions, WorkflowContext};

use crate::flow::payment_workflow::PaymentWorkflow;

/// The timer's summary.
pub const NOT_WAITED_FOR: &str = "nobody waits for this timer";

/// Longer than most payments; then it wakes the run once, for nothing.
const A_DAY: Duration = Duration::from_secs(86_400);

/// A wait's task has a command, that of its timer. If another task had come between it and this one,
/// there would be so many events at least: the end of the wait's task, its command, what made the
/// other task, three of the other task, and two of this one.
const WITH_A_TASK_BETWEEN: u32 = 8;

/// Gives the workflow task a command before a local activity, unless it is certain that it needs none.
pub(crate) fn give_command<W: PaymentWorkflow>(ctx: &WorkflowContext<W>) {
    let (has_marker, waited_since) = ctx.state(|w| {
        let run = w.run_state();
        (run.held_time.is_some(), run.waited_since)
    });
    let follows_wait = waited_since
        .is_some_and(|since| ctx.history_length().saturating_sub(since) < WITH_A_TASK_BETWEEN);
    // While the time is held, there is the marker of another local activity.
    if has_marker || follows_wait {
        return;
    }
    // Never cancelled: in a replay that might be in the same task, and leave no event.
    let options = TimerOptions::builder(A_DAY).summary(NOT_WAITED_FOR.to_owned());
    drop(ctx.timer(options.build()));
}
