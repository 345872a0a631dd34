//! What is told of a run to whoever asks.

use jiff::Timestamp;

use super::Run;
use crate::attention;
use crate::operation::Operation;
use crate::state::{Phase, State};

impl Run {
    /// The answer to the query `state`, at this moment.
    pub(crate) fn state(&self, at: Timestamp) -> State {
        let operation = self.operation.as_ref();
        let resting = self.step_until.is_none() && self.phase != Phase::Closed;
        State {
            phase: self.phase,
            submitted: operation.is_some_and(|op| op.submission.may_have_been_sent()),
            status_checks: operation.map_or(0, |op| op.status_checks),
            next_check_at: operation.filter(|_| resting).map(Operation::next_try),
            last_error: self.last_error.clone(),
            callbacks_received: self.callbacks_received(),
            at_stake: operation.map(attention::stake),
            last_heard: operation.and_then(|op| op.last_heard.clone()),
            actions: match operation {
                Some(operation) if self.phase == Phase::NeedsAttention => {
                    attention::advice(operation, at)
                }
                _ => Vec::new(),
            },
            proposal: operation.and_then(|op| op.proposal.clone()),
        }
    }
}
