//! One payment's world: the run and what it knows, steps in workers' hands, bytes on their way, and
//! the partner's books.

use workflows::contract::ids::RequestId;
use workflows::contract::kind::Kind;
use workflows::contract::money::Money;
use workflows::operation::partner_report::SubmissionReport;
use workflows::operation::submission::next_step::{Step, Wake};
use workflows::operation::submission::{FinalState, Submission};
use workflows::operation::submission_permit::{HandedOut, SubmissionPermit};
use workflows::operation::verdict::Asked;

use crate::partner::Partner;
use crate::payment::Payment;
use crate::timing::{at, schedule};

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct World {
    pub(crate) now: u8,
    /// 1, and one more after each reset.
    pub(crate) run: u8,
    pub(crate) submission: Submission,
    pub(crate) awaits: Awaits,
    /// Submission steps in workers' hands, whether or not their reports are awaited: a worker goes
    /// on with what it was handed.
    pub(crate) steps: Vec<StepInHand>,
    /// Submissions that the partner may still accept, by when their bytes were given to a kernel.
    pub(crate) on_the_wire: Vec<u8>,
    pub(crate) operations: Vec<Operation>,
    /// Whether a partner that drops repeats has recorded a refusal, which it repeats from then on.
    pub(crate) refused: bool,
    /// Whether a partner that works in two steps has made the operation, and what became of it.
    pub(crate) prepared: Prepared,
    /// Whether a run recorded the id that the partner gave it.
    pub(crate) id_recorded: bool,
    /// How many were sent; more than two are counted as two.
    pub(crate) submissions: u8,
    /// What was known where the run may be reset to: at its start, and before its last submission.
    pub(crate) reset_points: [Submission; 2],
    /// What the first run knew when it was refused, where it may be reset to as well.
    pub(crate) refused_in_first_run: Option<Submission>,
}

/// What the run awaits of Temporal.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Awaits {
    Nothing,
    /// The report of this attempt at a submission's step, lost at this moment at the latest.
    Submission {
        attempt: u32,
        lost_at: u8,
    },
    /// The answer to a question put at this moment.
    Answer(u8),
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct StepInHand {
    pub(crate) run: u8,
    pub(crate) attempt: u32,
    pub(crate) permit: SubmissionPermit,
    pub(crate) stage: Stage,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Prepared {
    No,
    Yes,
    /// It was told to give it up.
    GivenUp,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Stage {
    /// Before the partner has made the operation, which moves nothing.
    Preparing,
    /// Before the question's answer.
    Asking,
    /// The partner did not know the request and there was time: the bytes are next.
    Ready,
    /// The bytes were given to the kernel at this moment.
    Sent(u8),
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Operation {
    pub(crate) accepted_at: u8,
    pub(crate) status: Status,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Status {
    Pending,
    Completed,
    Declined,
}

impl World {
    pub(crate) fn new(submission: Submission) -> World {
        World {
            now: 0,
            run: 1,
            reset_points: [submission.clone(), submission.clone()],
            refused_in_first_run: None,
            submission,
            awaits: Awaits::Nothing,
            steps: Vec::new(),
            on_the_wire: Vec::new(),
            operations: Vec::new(),
            refused: false,
            prepared: Prepared::No,
            id_recorded: false,
            submissions: 0,
        }
    }

    /// What a replica may show: an operation, or nothing while it may lag behind.
    pub(crate) fn views(&self, payment: &Payment) -> Vec<Option<usize>> {
        let mut views: Vec<Option<usize>> = (0..self.operations.len()).map(Some).collect();
        // A partner that is asked by its own id has no replicas that lag.
        let lags = match payment.partner {
            Partner::TakesTwoSteps => 0,
            _ => payment.lags,
        };
        let hidden = |op: &Operation| self.now < op.accepted_at + lags;
        if self.operations.iter().all(hidden) {
            views.push(None);
        }
        views
    }

    /// Whether the report of this step is awaited.
    pub(crate) fn is_awaited(&self, step: &StepInHand) -> bool {
        matches!(self.awaits, Awaits::Submission { attempt, .. }
            if attempt == step.attempt && self.run == step.run)
    }

    /// Whether a step in somebody's hands may still give bytes to a kernel.
    pub(crate) fn may_still_send(&self) -> bool {
        self.steps.iter().any(|step| self.can_send(step))
    }

    /// Whether no bytes can make the partner move money any more.
    pub(crate) fn nothing_can_move(&self, partner: Partner) -> bool {
        let nothing_arrives = self.on_the_wire.is_empty() && !self.may_still_send();
        // One that works in two steps carries out an operation once, and never one that it gave up.
        let is_used_up = match self.prepared {
            Prepared::No => false,
            Prepared::Yes => !self.operations.is_empty(),
            Prepared::GivenUp => self.operations.is_empty(),
        };
        let is_dropped = match partner {
            Partner::DropsRepeats(window) => {
                let kept = |op: &Operation| self.now <= op.accepted_at + window;
                self.operations.iter().any(kept)
            }
            _ => false,
        };
        nothing_arrives || self.refused || is_used_up || is_dropped
    }

    /// What the run does next by itself.
    fn next_step(&self) -> Step {
        let run_id = run_id(self.run);
        self.submission
            .step(&run_id, at(self.now), Wake::Timer, &schedule())
    }

    /// Whether the run is about to submit.
    pub(crate) fn submits(&self) -> bool {
        self.next_step() == Step::Submit
    }

    /// With what the run ends.
    pub(crate) fn end(&self) -> Option<FinalState> {
        match self.next_step() {
            Step::Done(final_state) => Some(final_state),
            Step::Submit | Step::Ask | Step::WaitUntil(_) => None,
        }
    }

    pub(crate) fn can_send(&self, step: &StepInHand) -> bool {
        let in_time = at(self.now) <= step.permit.last_moment(&step.handed_out());
        // Preparing moves nothing, and the step ends with it.
        let may_move = matches!(step.stage, Stage::Asking | Stage::Ready);
        in_time && may_move && step.withheld().is_none()
    }

    /// Forgets what can't change anything any more.
    pub(crate) fn tidy(&mut self) {
        let mut steps = std::mem::take(&mut self.steps);
        steps.retain(|step| self.is_awaited(step) || self.can_send(step));
        steps.sort_by_key(|step| (step.run, step.attempt, step.permit.not_after));
        self.steps = steps;
    }
}

impl StepInHand {
    /// What Temporal says of it. Its own deadline may be sooner than what the permit allows for,
    /// which only makes it safer.
    pub(crate) fn handed_out(&self) -> HandedOut {
        HandedOut {
            run_id: run_id(self.run),
            is_first: self.attempt == 1,
            deadline: self.permit.not_after,
        }
    }

    /// What it reports where it may not submit.
    pub(crate) fn withheld(&self) -> Option<SubmissionReport> {
        self.permit.withholds(&self.handed_out())
    }
}

pub(crate) fn run_id(run: u8) -> String {
    format!("run-{run}")
}

pub(crate) fn asked() -> Asked {
    Asked {
        kind: Kind::ExtraPayment,
        request_id: RequestId::parse("r-1").unwrap(),
        money: Money::parse("125.50", "KGS").unwrap(),
    }
}
