//! The short way of a step: as a local activity within the workflow task that wants it, which costs
//! one event instead of five. Only what asks, or is repeated safely under its key, may go it; never
//! what moves money. It holds the task, so it is tried only where a quick answer is likely, and where
//! it gives none soon, the normal activity follows (`docs/decisions/0020-the-short-way.md`).

use std::time::Duration;

use temporalio_common::data_converters::TemporalDeserializable;
use temporalio_common::{ActivityDefinition, RetryPolicy};
use temporalio_workflow::{
    ActivityExecutionError, ActivityOptions, LocalActivityOptions, WorkflowCancellationToken,
    WorkflowContext,
};

use crate::flow::outside::outside;
use crate::flow::payment_workflow::{PaymentWorkflow, hold_time, now, release_time};
use crate::flow::timer;

/// How long the short way may take. Workflow tasks of other operations wait meanwhile, if many do.
const AT_MOST: Duration = Duration::from_millis(1500);

/// What is quick enough that the next step may go the short way.
pub(crate) const QUICK: Duration = Duration::from_secs(1);

/// Makes a step, the short way first if `is_likely_quick`.
pub(crate) async fn execute<W: PaymentWorkflow, A>(
    ctx: &WorkflowContext<W>,
    activity: fn() -> A,
    input: A::Input,
    options: ActivityOptions,
    is_likely_quick: bool,
) -> Result<A::Output, ActivityExecutionError>
where
    A: ActivityDefinition,
    A::Input: Clone,
    A::Output: TemporalDeserializable,
{
    if is_likely_quick {
        timer::give_command(ctx);
        hold_time(ctx, now(ctx));
        let local = ctx.execute_local_activity(activity(), input.clone(), short(&options));
        if let Ok(report) = local.await {
            return Ok(report);
        }
    }
    let report = outside(ctx, ctx.execute_activity(activity(), input, options)).await;
    release_time(ctx);
    report
}

/// One attempt; a request to cancel the workflow does not reach it.
fn short(options: &ActivityOptions) -> LocalActivityOptions {
    LocalActivityOptions::builder()
        .schedule_to_close_timeout(AT_MOST)
        .start_to_close_timeout(AT_MOST)
        .retry_policy(RetryPolicy::builder().maximum_attempts(1).build())
        .cancellation_token(WorkflowCancellationToken::new())
        .maybe_summary(options.summary.clone())
        .build()
}
