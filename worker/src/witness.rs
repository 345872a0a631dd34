//! Passes the events of the workflows to the counters, except during replays, which report again
//! what was already counted.

use temporalio_sdk::workflow_interceptors::{
    ExecuteWorkflowInput, ExecuteWorkflowResult, HandleSignalInput, HandleSignalResult,
    WorkflowInterceptor, WorkflowInterceptorConstructor, WorkflowInterceptorContext,
    WorkflowInterceptorFuture, WorkflowNext,
};
use workflows::flow::event::Observer;

use crate::metrics;

/// Adds the counters as an observer to each workflow of a worker.
pub(crate) fn witness() -> WorkflowInterceptorConstructor {
    WorkflowInterceptorConstructor::new(|_| Witness)
}

struct Witness;

impl WorkflowInterceptor for Witness {
    fn execute<'a>(
        &'a self,
        ctx: WorkflowInterceptorContext,
        input: ExecuteWorkflowInput,
        next: WorkflowNext<
            'a,
            ExecuteWorkflowInput,
            WorkflowInterceptorFuture<'a, ExecuteWorkflowResult>,
        >,
    ) -> WorkflowInterceptorFuture<'a, ExecuteWorkflowResult> {
        let workflow = async move { next.run(input).await };
        let observed = ctx.with_context_value::<Observer, _>(observer(&ctx), workflow);
        WorkflowInterceptorFuture::new(observed)
    }

    fn handle_signal<'a>(
        &'a self,
        ctx: WorkflowInterceptorContext,
        input: HandleSignalInput,
        next: WorkflowNext<
            'a,
            HandleSignalInput,
            WorkflowInterceptorFuture<'a, HandleSignalResult>,
        >,
    ) -> WorkflowInterceptorFuture<'a, HandleSignalResult> {
        let handler = async move { next.run(input).await };
        let observed = ctx.with_context_value::<Observer, _>(observer(&ctx), handler);
        WorkflowInterceptorFuture::new(observed)
    }
}

fn observer(ctx: &WorkflowInterceptorContext) -> Observer {
    let ctx = ctx.clone();
    Observer::new(move |event| {
        if !ctx.is_replaying() {
            metrics::count(event);
        }
    })
}
