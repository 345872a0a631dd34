//! Until when Temporal waits for a step's report.

use jiff::Timestamp;
use temporalio_sdk::activities::ActivityContext;

/// None if Temporal gives no deadline.
pub(crate) fn deadline(ctx: &ActivityContext) -> Option<Timestamp> {
    let deadline = ctx.info().deadline;
    deadline.and_then(|at| Timestamp::try_from(at).ok())
}
