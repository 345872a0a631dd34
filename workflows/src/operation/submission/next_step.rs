//! What may be done next with a submission, and why an operator should look at it.

use std::time::Duration;

use jiff::Timestamp;

use super::{FinalState, Knowledge, Submission, Trouble};
use crate::contract::cause::{Cause, LastError};
use crate::operation::attention::Attention;
use crate::operation::denial::Denial;
use crate::operation::promises::WhileOpen;
use crate::operation::schedule::{Schedule, after};

/// What woke the operation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Wake {
    /// Only time.
    Timer,
    /// A callback. It proves nothing, so it leads to a question at most.
    Callback,
    /// An operator who wants an attempt at once.
    Operator,
}

/// What may be done next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// Ask, and submit if the partner does not know the request.
    Submit,
    /// Ask for the status.
    Ask,
    /// Nothing before that time.
    WaitUntil(Timestamp),
    /// Nothing more with the partner.
    Done(FinalState),
}

impl Submission {
    /// What run `run_id` may do at `now`.
    pub fn step(&self, run_id: &str, now: Timestamp, wake: Wake, schedule: &Schedule) -> Step {
        let due = now >= self.next_try;
        match (&self.knowledge, wake) {
            (Knowledge::Final(_), _) if !self.is_known_in(run_id) => Step::Ask,
            (Knowledge::Final(final_state), _) => Step::Done(final_state.clone()),
            (Knowledge::Open { .. }, wake)
                if self.may_repeat(now, schedule) && (due || wake != Wake::Timer) =>
            {
                Step::Submit
            }
            (Knowledge::NotSent, Wake::Operator) => Step::Submit,
            (Knowledge::NotSent, Wake::Callback) => Step::Ask,
            (Knowledge::NotSent, Wake::Timer) if due => Step::Submit,
            (_, Wake::Operator | Wake::Callback) => Step::Ask,
            (_, Wake::Timer) if due => Step::Ask,
            (_, Wake::Timer) => {
                // Also wakes at the deadline, so that an operation that waits past it becomes
                // visible.
                let deadline = self.deadline(schedule);
                let unseen = now < deadline && self.attention(now, schedule).is_none();
                Step::WaitUntil(if unseen {
                    self.next_try.min(deadline)
                } else {
                    self.next_try
                })
            }
        }
    }

    /// Why an operator should look at it now, if there is a reason.
    pub fn attention(&self, now: Timestamp, schedule: &Schedule) -> Option<Attention> {
        match (&self.trouble, &self.knowledge) {
            (_, Knowledge::Final(_)) => None,
            _ if self.is_unserved() => {
                let denial = Denial::by_configuration("no worker serves the merchant account");
                Some(self.denied(&denial))
            }
            (Some(Trouble::Mismatch(mismatch)), _) => {
                Some(Attention::Trouble(LastError::of_mismatch(mismatch)))
            }
            (Some(Trouble::Vanished), _) => {
                let words = "the partner had the operation and now says that it does not know it";
                Some(Attention::Trouble(LastError::new(Cause::Vanished, words)))
            }
            (Some(Trouble::AccessDenied(denial)), _) => Some(self.denied(denial)),
            (None, _) if now >= self.deadline(schedule) => Some(Attention::Overdue(format!(
                "still open {:?} after its start",
                schedule.needs_attention_after
            ))),
            (None, _) => None,
        }
    }

    /// What the partner showed instead of what was requested is told as well.
    fn denied(&self, denial: &Denial) -> Attention {
        let mut error = LastError::of_denial(denial);
        if let Some(mismatch) = &self.mismatch {
            error.words += &format!("; before that, {mismatch}");
        }
        Attention::Trouble(error)
    }

    /// Whether the same may be submitted once more although its outcome is open: the partner has
    /// promised to drop it if it has the first one, also if it is sent as late as it may be.
    pub(super) fn may_repeat(&self, now: Timestamp, schedule: &Schedule) -> bool {
        match self.promises.while_open() {
            WhileOpen::Repeat(dropped_for) => {
                let late = schedule.submission_limit() + schedule.proof_delay(Duration::ZERO);
                after(now, late) < after(self.started_at, dropped_for)
            }
            WhileOpen::ProveAbsence(_) | WhileOpen::Ask => false,
        }
    }

    /// When it starts to need attention if it is still open.
    pub(crate) fn deadline(&self, schedule: &Schedule) -> Timestamp {
        after(self.opened_at, schedule.needs_attention_after)
    }
}
