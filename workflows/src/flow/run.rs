//! The state of one workflow run: the operation, and what its handlers and its main routine tell
//! each other. Signals, queries and updates only note things here; the main routine alone acts.

mod carried;
pub(crate) mod input;
mod resolving;
mod told;

use std::time::Duration;

use jiff::Timestamp;
use temporalio_common::data_converters::RawValue;
use temporalio_workflow::WorkflowContextView;

use crate::contract::cause::LastError;
use crate::contract::last_report::LastReport;
use crate::contract::outcome::Ending;
use crate::contract::resolution::{Resolution, ResolutionError};
use crate::contract::state::Phase;
use crate::flow::event::{Arrival, Event};
use crate::flow::run::input::{Intake, read_input};
use crate::operation::Operation;
use crate::operation::schedule::after;
use crate::operation::submission::Wake;

/// Callbacks prove nothing and may be forged or repeated: one question in this time, no more.
const CALLBACK_GAP: Duration = Duration::from_secs(5);

/// One run of one payment workflow.
pub(crate) struct Run {
    /// Temporal's id of this run. A run that was reset has another one than what it copied.
    pub(crate) run_id: String,
    pub(crate) intake: Option<Intake>,
    /// Whether no run was before it, not even one that it was reset from.
    is_first: bool,
    pub(crate) operation: Option<Operation>,
    pub(crate) phase: Phase,
    /// Since when it is in this phase.
    pub(crate) since: Option<Timestamp>,
    /// The end, once there is one.
    pub(crate) ending: Option<Ending>,
    /// The resting phase that search attributes show, and since when the present one lasts.
    pub(crate) shown: Option<Phase>,
    pub(crate) resting: Option<(Phase, Timestamp)>,
    /// What went wrong in the last step.
    pub(crate) last_error: Option<LastError>,
    pub(crate) resolving: Resolving,
    signals: u32,
    callback_waiting: bool,
    last_callback_check: Option<Timestamp>,
    check_requested: bool,
    /// While a step is under way: when its answer is there, or was lost.
    pub(crate) step_until: Option<Timestamp>,
    steps_done: u64,
}

/// The resolution that the main routine is to decide, and what it decided.
#[derive(Default)]
pub(crate) struct Resolving {
    to_decide: Option<(Resolution, Option<String>)>,
    decision: Option<Result<(), ResolutionError>>,
}

impl Run {
    /// Reads the input. What is wrong with it is told by the main routine, not here: a panic or
    /// an error at this point would be retried for ever.
    pub(crate) fn new(ctx: &WorkflowContextView, input: RawValue) -> Run {
        Run {
            is_first: ctx.run_id() == ctx.first_execution_run_id(),
            ..Run::of(read_input(ctx, input), ctx.run_id())
        }
    }

    pub(crate) fn of(intake: Intake, run_id: &str) -> Run {
        match intake {
            Intake::Continued(Ok(carried)) => Run::continued(*carried, run_id),
            Intake::Fresh(_) | Intake::Continued(Err(_)) => Run::begun(Some(intake), run_id),
        }
    }

    fn begun(intake: Option<Intake>, run_id: &str) -> Run {
        Run {
            run_id: run_id.to_owned(),
            intake,
            is_first: true,
            operation: None,
            phase: Phase::Submitting,
            since: None,
            ending: None,
            shown: None,
            resting: None,
            last_error: None,
            resolving: Resolving::default(),
            signals: 0,
            callback_waiting: false,
            last_callback_check: None,
            check_requested: false,
            step_until: None,
            steps_done: 0,
        }
    }

    /// A callback came; returns what there is to tell of it.
    pub(crate) fn payment_completed(&mut self) -> Event {
        let arrival = match &self.operation {
            _ if self.callbacks_received() > 0 => Arrival::Repeated,
            Some(operation) if operation.submission.final_state().is_some() => Arrival::Late,
            Some(operation) if !self.is_submitting(operation) => Arrival::Prompt,
            Some(_) | None => Arrival::Early,
        };
        self.signals += 1;
        self.callback_waiting = true;
        let operation = self.operation.as_ref();
        Event::Callback {
            merchant: operation.map(|op| op.terms.merchant.clone()),
            arrival,
        }
    }

    /// How many callbacks reached the workflow, in this run and those before it.
    pub(crate) fn callbacks_received(&self) -> u32 {
        let carried = self
            .operation
            .as_ref()
            .map_or(0, |op| op.callbacks_received);
        carried + self.signals
    }

    /// Whether the first answer to a submission is still awaited.
    fn is_submitting(&self, operation: &Operation) -> bool {
        let under_way = self.step_until.is_some() && self.phase == Phase::Submitting;
        under_way || !operation.submission.may_have_been_sent()
    }

    /// An operator wants it tried now. Returns the number of steps after which that was done: a
    /// step that is under way already is the one waited for.
    pub(crate) fn check_now(&mut self) -> u64 {
        self.check_requested = self.step_until.is_none();
        self.steps_done + 1
    }

    pub(crate) fn has_done(&self, steps: u64) -> bool {
        self.steps_done >= steps || self.phase == Phase::Closed
    }

    /// What woke the run, as far as it may act on it at `now`.
    pub(crate) fn wake(&self, now: Timestamp) -> Wake {
        if self.check_requested {
            Wake::Operator
        } else if self.callback_waiting && self.callback_counts_from().is_none_or(|at| now >= at) {
            Wake::Callback
        } else {
            Wake::Timer
        }
    }

    /// Whether no run was before it, not even one that it was reset from.
    pub(crate) fn is_first(&self) -> bool {
        self.is_first
    }

    /// Whether a request to cancel it ends it: until its first submission is scheduled. A run before
    /// it may have scheduled one.
    pub(crate) fn may_be_cancelled(&self) -> bool {
        let operation = self.operation.as_ref();
        self.is_first && operation.is_none_or(|operation| !operation.submission.has_begun())
    }

    /// Whether somebody waits for the run to act. A callback that has to wait for its gap does
    /// not wake it again.
    pub(crate) fn is_woken(&self, callback_was_waiting: bool) -> bool {
        let callback = self.callback_waiting && !callback_was_waiting;
        self.check_requested || self.to_decide().is_some() || callback
    }

    pub(crate) fn has_callback_waiting(&self) -> bool {
        self.callback_waiting
    }

    /// Until when to wait: `until`, or sooner where a callback waits for its gap.
    pub(crate) fn wait_until(&self, until: Timestamp) -> Timestamp {
        match self.callback_counts_from() {
            Some(at) if self.callback_waiting => until.min(at),
            _ => until,
        }
    }

    /// A step begins that takes `timeout` at most: what asked for one is served by it. Returns
    /// whether a callback did.
    pub(crate) fn begin_step(&mut self, phase: Phase, now: Timestamp, timeout: Duration) -> bool {
        let called_back = std::mem::take(&mut self.callback_waiting);
        if called_back {
            self.operation_mut().submission.callback();
            self.last_callback_check = Some(now);
        }
        self.check_requested = false;
        self.step_until = Some(after(now, timeout));
        // What needs attention goes on needing it until an answer says otherwise.
        if self.operation().attention(now).is_none() {
            self.enter(phase, now);
        }
        called_back
    }

    pub(crate) fn end_step(&mut self, last_report: Option<LastReport>) {
        if last_report.is_some() {
            self.operation_mut().last_heard = last_report;
        }
        self.step_until = None;
        self.steps_done += 1;
    }

    /// The run waits: in the phase that the operation is in, or because it needs attention.
    pub(crate) fn rest(&mut self, phase: Phase, now: Timestamp) {
        let phase = if self.operation().attention(now).is_some() {
            Phase::NeedsAttention
        } else {
            // A proposal was about what needed attention.
            self.operation_mut().proposal = None;
            phase
        };
        self.enter(phase, now);
        if self
            .resting
            .is_none_or(|(resting, _)| resting != self.phase)
        {
            self.resting = Some((self.phase, now));
        }
    }

    /// It is in this phase from now on, if it was not before.
    pub(crate) fn enter(&mut self, phase: Phase, now: Timestamp) {
        if self.since.is_none() || self.phase != phase {
            self.since = Some(now);
        }
        self.phase = phase;
    }

    /// The operation, which is there from the moment its terms are agreed.
    pub(crate) fn operation(&self) -> &Operation {
        self.operation
            .as_ref()
            .expect("no step is taken before the terms are agreed")
    }

    pub(crate) fn operation_mut(&mut self) -> &mut Operation {
        self.operation
            .as_mut()
            .expect("no step is taken before the terms are agreed")
    }

    fn callback_counts_from(&self) -> Option<Timestamp> {
        self.last_callback_check.map(|at| after(at, CALLBACK_GAP))
    }
}
