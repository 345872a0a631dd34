//! The state of one workflow run: the operation, and what its handlers and its main routine pass to
//! each other. Signals, queries and updates only note things here; only the main routine acts.

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
use crate::operation::submission::next_step::Wake;

/// Callbacks prove nothing and may be forged or repeated: at most one question in this time.
pub(crate) const CALLBACK_GAP: Duration = Duration::from_secs(5);

/// One run of one payment workflow.
pub(crate) struct Run {
    /// Temporal's id of this run. A run that was reset has a different id from the run it copied.
    pub(crate) run_id: String,
    pub(crate) intake: Option<Intake>,
    /// Whether this is the first run, not even reset from another one.
    pub(crate) is_first: bool,
    pub(crate) operation: Option<Operation>,
    pub(crate) phase: Phase,
    /// When the current phase began.
    pub(crate) since: Option<Timestamp>,
    /// The end, once there is one.
    pub(crate) ending: Option<Ending>,
    /// The phase that the search attributes show, and when the current one began.
    pub(crate) shown: Option<Phase>,
    pub(crate) resting: Option<(Phase, Timestamp)>,
    /// What went wrong in the last step.
    pub(crate) last_error: Option<LastError>,
    pub(crate) resolving: Resolving,
    signals: u32,
    pub(crate) callback_waiting: bool,
    last_callback_check: Option<Timestamp>,
    check_requested: bool,
    /// The time at which the last local activity began, as long as nothing else was awaited.
    pub(crate) held_time: Option<Timestamp>,
    /// The workflow task that began the last wait, by the events before it, as long as nothing else was
    /// awaited.
    pub(crate) waited_since: Option<u32>,
    /// While a step is running: when its answer will have arrived or is lost.
    pub(crate) step_until: Option<Timestamp>,
    /// Whether the partner's last answer was quick, in this run.
    pub(crate) partner_is_quick: bool,
    steps_done: u64,
}

/// The resolution that the main routine has to decide, and its decision.
#[derive(Default)]
pub(crate) struct Resolving {
    to_decide: Option<(Resolution, Option<String>)>,
    decision: Option<Result<(), ResolutionError>>,
    /// When the last proposal of this run was made, also if it was withdrawn.
    last_proposed_at: Option<Timestamp>,
}

impl Run {
    /// Parses the input. The main routine reports what is wrong with it, not this function: a panic
    /// or an error here would be retried for ever.
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
            held_time: None,
            waited_since: None,
            step_until: None,
            partner_is_quick: false,
            steps_done: 0,
        }
    }

    /// Notes a callback; returns the event to report.
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

    /// Whether the first answer to a submission is still pending.
    fn is_submitting(&self, operation: &Operation) -> bool {
        let under_way = self.step_until.is_some() && self.phase == Phase::Submitting;
        under_way || !operation.submission.may_have_been_sent()
    }

    /// Notes that an operator wants an attempt now. Returns the number of steps after which that is
    /// done: a step that is already running counts as the one.
    pub(crate) fn check_now(&mut self) -> u64 {
        self.check_requested = self.step_until.is_none();
        self.steps_done + 1
    }

    pub(crate) fn has_done(&self, steps: u64) -> bool {
        self.steps_done >= steps || self.phase == Phase::Closed
    }

    /// What woke the run, if the run may already act on it at `now`.
    pub(crate) fn wake(&self, now: Timestamp) -> Wake {
        if self.check_requested {
            Wake::Operator
        } else if self.callback_waiting && self.callback_counts_from().is_none_or(|at| now >= at) {
            Wake::Callback
        } else {
            Wake::Timer
        }
    }

    /// Whether a request to cancel ends it. That is so until its first submission is scheduled,
    /// unless a run before it may have scheduled one.
    pub(crate) fn may_be_cancelled(&self) -> bool {
        let operation = self.operation.as_ref();
        self.is_first && operation.is_none_or(|operation| !operation.submission.has_begun())
    }

    /// Whether the run has something to act on. A callback that has to wait for the gap between
    /// questions does not wake it again.
    pub(crate) fn is_woken(&self, callback_was_waiting: bool) -> bool {
        let callback = self.callback_waiting && !callback_was_waiting;
        self.check_requested || self.to_decide().is_some() || callback
    }

    /// How long to wait: until `until`, or less if a callback waits for the gap between questions.
    pub(crate) fn wait_until(&self, until: Timestamp) -> Timestamp {
        match self.callback_counts_from() {
            Some(at) if self.callback_waiting => until.min(at),
            _ => until,
        }
    }

    /// Notes that a step begins that takes `timeout` at most. It serves everything that asked for a
    /// step. Returns whether a callback did.
    pub(crate) fn begin_step(&mut self, phase: Phase, now: Timestamp, timeout: Duration) -> bool {
        let called_back = std::mem::take(&mut self.callback_waiting);
        if called_back {
            self.operation_mut().submission.callback();
            self.last_callback_check = Some(now);
        }
        self.check_requested = false;
        self.step_until = Some(after(now, timeout));
        // What needs attention continues to need it until an answer says otherwise.
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

    /// Notes that the run waits: in the operation's phase, or because it needs attention.
    pub(crate) fn rest(&mut self, phase: Phase, now: Timestamp) {
        let phase = if self.operation().attention(now).is_some() {
            Phase::NeedsAttention
        } else {
            // A proposal belongs to the attention that it was made for.
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

    /// Changes to this phase, unless the run is already in it.
    pub(crate) fn enter(&mut self, phase: Phase, now: Timestamp) {
        if self.since.is_none() || self.phase != phase {
            self.since = Some(now);
        }
        self.phase = phase;
    }

    /// The operation, which exists once its terms are agreed.
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

    /// The first run, "run-1", of this operation.
    #[cfg(test)]
    pub(crate) fn in_tests(operation: Operation) -> Run {
        Run {
            operation: Some(operation),
            ..Run::begun(None, "run-1")
        }
    }
}
