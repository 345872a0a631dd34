//! When a waiting run goes on as a new one, and on which build.

use temporalio_workflow::{ContinueAsNewOptions, ContinueAsNewVersioningBehavior, WorkflowContext};

/// The number of events after which a waiting run continues as a new one.
const LONG_HISTORY: u32 = 500;

/// Whether a waiting run that loses nothing should continue as a new one.
pub(crate) fn is_due<W>(ctx: &WorkflowContext<W>) -> bool {
    is_long(ctx) || is_on_another_build(ctx)
}

/// Whether the history is as long as it should get.
pub(crate) fn is_long<W>(ctx: &WorkflowContext<W>) -> bool {
    ctx.history_length() > LONG_HISTORY || ctx.continue_as_new_suggested()
}

/// Whether what starts now goes to another build. A run stays on the build that it began with, so
/// a payment that needs attention would keep an old build alive for months
/// (`docs/decisions/0024-a-payment-changes-builds-where-it-waits.md`).
pub(crate) fn is_on_another_build<W>(ctx: &WorkflowContext<W>) -> bool {
    ctx.target_worker_deployment_version_changed()
}

/// The new run begins on the build that what starts now goes to, and stays there.
pub(crate) fn on_the_current_build() -> ContinueAsNewOptions {
    let mut options = ContinueAsNewOptions::default();
    options.initial_versioning_behavior = Some(ContinueAsNewVersioningBehavior::AutoUpgrade);
    options
}
