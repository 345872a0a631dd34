//! What a run answers to those who ask about it.

use std::borrow::Cow;

use jiff::Timestamp;

use super::Run;
use crate::contract::advice::Advice;
use crate::contract::cause::LastError;
use crate::contract::state::{Phase, State};
use crate::operation::Operation;
use crate::operation::advice::advice;
use crate::operation::stake::stake;

impl Run {
    /// The answer to the query `state`. Advice that depends on the time is correct at the time of
    /// the answer, and not only at the time the run last woke.
    #[expect(
        clippy::disallowed_methods,
        reason = "a query's answer is no part of the history"
    )]
    pub(crate) fn state_now(&self) -> State {
        self.state(Timestamp::now())
    }

    /// The answer to the query `state`, at this moment.
    pub(crate) fn state(&self, at: Timestamp) -> State {
        let own = self.operation.as_ref();
        let operation = self.operation_as_known_here(at);
        let operation = operation.as_deref();
        let resting = self.step_until.is_none() && self.phase != Phase::Closed;
        State {
            phase: self.phase,
            account: own.map(|operation| operation.terms.account()),
            submitted: operation.is_some_and(|op| op.submission.may_have_been_sent()),
            status_checks: operation.map_or(0, |op| op.status_checks),
            next_check_at: own.filter(|_| resting).map(Operation::next_try),
            last_error: self.last_error(at),
            callbacks_received: self.callbacks_received(),
            at_stake: operation.map(stake),
            last_heard: operation.and_then(|op| op.last_heard.clone()),
            actions: match operation {
                Some(operation) if self.phase == Phase::NeedsAttention => {
                    let advice = advice(operation, at).into_iter();
                    advice.filter(|advice| self.may_offer(advice)).collect()
                }
                _ => Vec::new(),
            },
            proposal: operation.and_then(|op| op.proposal.clone()),
        }
    }

    /// Whether this run may offer it: it takes no resolution before it has asked the partner itself.
    pub(crate) fn may_offer(&self, advice: &Advice) -> bool {
        advice.action.resolve_as().is_none() || self.knows_for_itself().is_ok()
    }

    /// What holds it up: why it needs attention, or what went wrong in the last step.
    fn last_error(&self, at: Timestamp) -> Option<LastError> {
        let of_last_step = self.last_error.clone();
        let needing = self.operation.as_ref();
        let needing = needing.filter(|_| self.phase == Phase::NeedsAttention);
        match needing.and_then(|operation| operation.attention(at)) {
            Some(attention) => Some(attention.last_error(of_last_step)),
            None => of_last_step,
        }
    }

    /// The operation as far as this run knows about it at `at`. What a reset copied says nothing of
    /// what the run before did later, so until this run has asked, a submission may be open.
    pub(crate) fn operation_as_known_here(&self, at: Timestamp) -> Option<Cow<'_, Operation>> {
        let operation = self.operation.as_ref()?;
        if operation.submission.is_known_in(&self.run_id) {
            return Some(Cow::Borrowed(operation));
        }
        let submission = &operation.submission;
        Some(Cow::Owned(Operation {
            submission: submission.seen_from(&self.run_id, at, &operation.terms.schedule),
            ..operation.clone()
        }))
    }
}
