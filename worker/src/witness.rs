//! Hands what the workflows event to the counters, except in replays: those tell again what was
//! counted when it happened.

use temporalio_sdk::workflow_interceptors::{
    ExecuteWorkflowInput, ExecuteWorkflowResult, HandleSignalInput, HandleSignalResult,
    WorkflowInterceptor, WorkflowInterceptorConstructor, WorkflowInterceptorContext,
    WorkflowInterceptorFuture, WorkflowNext,
};
use workflows::flow::event::Observer;

use crate::metrics;

/// Lets the counters witness each workflow of a worker.
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
