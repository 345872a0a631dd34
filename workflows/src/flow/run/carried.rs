//! What a run hands to the run that continues it: everything that was noted, so that nothing is
//! lost, and the search attributes and details continue unchanged.

use crate::flow::run::Run;
use crate::flow::run::input::Carried;

impl Run {
    /// Continues where the run before it stopped, from its first task on: a handler may run before
    /// the main routine.
    pub(super) fn continued(carried: Carried, run_id: &str) -> Run {
        let Carried {
            operation,
            phase,
            since,
            shown,
            resting,
            last_error,
            callback_waiting,
            last_callback_check,
        } = carried;
        Run {
            operation: Some(operation),
            phase,
            since,
            shown,
            resting,
            last_error,
            callback_waiting,
            last_callback_check,
            ..Run::begun(None, run_id)
        }
    }

    /// The state to hand over to a new run.
    pub(crate) fn carried(&self) -> Carried {
        let mut operation = self.operation().clone();
        operation.callbacks_received += self.signals;
        Carried {
            operation,
            phase: self.phase,
            since: self.since,
            shown: self.shown,
            resting: self.resting,
            last_error: self.last_error.clone(),
            callback_waiting: self.callback_waiting,
            last_callback_check: self.last_callback_check,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::contract::cause::{Cause, LastError};
    use crate::contract::kind::Kind;
    use crate::contract::state::Phase;
    use crate::flow::run::input::Intake;
    use crate::operation::Operation;
    use crate::operation::schedule::at;
    use crate::operation::submission::next_step::Wake;
    use crate::operation::terms::Terms;

    #[test]
    fn what_a_run_has_noted_is_there_in_the_next_one() {
        let operation = Operation::in_tests(Kind::ExtraPayment, Terms::in_tests(), at(0));
        let mut run = Run::in_tests(operation);
        run.payment_completed();
        run.begin_step(Phase::Verifying, at(10), Duration::from_secs(1));
        run.last_error = Some(LastError::new(Cause::NoAnswer, "no answer: HTTP 503"));
        run.end_step(None);
        run.rest(Phase::AwaitingCompletion, at(11));
        // It has to wait for the gap between questions.
        run.payment_completed();
        run.shown = Some(Phase::AwaitingCompletion);

        let json = serde_json::to_vec(&run.carried()).unwrap();
        let carried: Carried = serde_json::from_slice(&json).unwrap();
        assert_eq!(carried, run.carried());
        let next = Run::of(Intake::Continued(Ok(Box::new(carried))), "run-1");
        assert_eq!(next.state(at(12)), run.state(at(12)));
        assert_eq!(next.callbacks_received(), 2);
        assert_eq!((next.shown, next.resting), (run.shown, run.resting));
        assert_eq!(next.wake(at(12)), Wake::Timer);
        assert_eq!(next.wait_until(at(1000)), at(15));
        assert_eq!(next.wake(at(15)), Wake::Callback);
    }
}
