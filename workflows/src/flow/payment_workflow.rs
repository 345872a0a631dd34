//! What the steps need from both payment workflows, and the workflow's own time.

use jiff::Timestamp;
use temporalio_common::WorkflowDefinition;
use temporalio_common::data_converters::RawValue;
use temporalio_workflow::workflows::WorkflowImplementation;
use temporalio_workflow::{WaitConditionOptions, WorkflowCancellationToken, WorkflowContext};

use crate::contract::kind::Kind;
use crate::flow::run::Run;

/// A workflow that carries out one operation of its kind.
///
/// It takes the raw input: an argument that can't be decoded would make every workflow task fail
/// for ever, while `docs/contract.md` says that the workflow fails and says why.
pub(crate) trait PaymentWorkflow:
    WorkflowImplementation<Run: WorkflowDefinition<Input = RawValue>>
{
    /// The kind of operation that it carries out.
    const KIND: Kind;

    /// The run's state.
    fn run_state(&self) -> &Run;

    /// The run's state, for changes.
    fn run_state_mut(&mut self) -> &mut Run;
}

/// The operation's own time, the same in every replay: commands depend on it.
///
/// Temporal's time moves on when a local activity ends, and not by the same in a replay if a query had
/// split the workflow task. So what follows a local activity happens at the time at which it began,
/// until something that is an event of its own is awaited
/// (`docs/decisions/0020-the-short-way.md`).
pub(crate) fn now<W: PaymentWorkflow>(ctx: &WorkflowContext<W>) -> Timestamp {
    let held = ctx.state(|w| w.run_state().held_time);
    held.unwrap_or_else(|| workflow_time(ctx))
}

/// Holds the time at this moment, at which a local activity began.
pub(crate) fn hold_time<W: PaymentWorkflow>(ctx: &WorkflowContext<W>, moment: Timestamp) {
    ctx.state_mut(|w| w.run_state_mut().held_time = Some(moment));
}

/// Lets the time go on, after a normal activity, a timer or a signal.
pub(crate) fn release_time<W: PaymentWorkflow>(ctx: &WorkflowContext<W>) {
    ctx.state_mut(|w| {
        let run = w.run_state_mut();
        run.held_time = None;
        run.waited_since = None;
    });
}

/// The workflow's own time. Where no local activity is used it is the same in every replay.
pub(crate) fn workflow_time<W>(ctx: &WorkflowContext<W>) -> Timestamp {
    let time = ctx
        .workflow_time()
        .and_then(|time| Timestamp::try_from(time).ok());
    // It is missing only before the first task, when no code of ours runs yet.
    time.unwrap_or(Timestamp::UNIX_EPOCH)
}

/// A wait that a request to cancel the workflow does not interrupt: money may be on its way.
pub(crate) fn uncancelled() -> WaitConditionOptions {
    WaitConditionOptions::builder()
        .cancellation_token(WorkflowCancellationToken::new())
        .build()
}
