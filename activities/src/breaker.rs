//! Whether a step may go the short way, as a local activity that holds its workflow task. A system
//! that is slow or does not answer must not hold the tasks of operations that don't need it.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use temporalio_common::error::ApplicationFailure;
use temporalio_sdk::activities::ActivityError;

/// How many steps may go the short way at once.
const AT_ONCE: usize = 10;

/// A step that took longer was slow.
const SLOW: Duration = Duration::from_millis(700);

/// How long nothing goes the short way after a slow step.
const OPEN_FOR: Duration = Duration::from_secs(10);

/// Opens when a step was slow. Then one step tries it again, and if that is quick it closes.
#[derive(Default)]
pub(crate) struct Breaker(Mutex<State>);

#[derive(Default)]
struct State {
    under_way: usize,
    /// Until when it is open; the steps after that are trials until one was quick.
    open_until: Option<Instant>,
}

/// A step on the short way.
pub(crate) struct ShortWay<'a> {
    breaker: &'a Breaker,
    begun: Instant,
    end: End,
}

/// How a step left the short way.
enum End {
    /// It was dropped before it ended, so it was slow.
    Dropped,
    Ended,
    /// The system was not asked, so nothing is learnt of it.
    Unused,
}

impl Breaker {
    /// Lets a step go the short way, or says that it has to go the long one.
    pub(crate) fn enter(&self) -> Result<ShortWay<'_>, ActivityError> {
        self.enter_at(Instant::now()).ok_or_else(not_the_short_way)
    }

    fn enter_at(&self, now: Instant) -> Option<ShortWay<'_>> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let limit = match state.open_until {
            Some(until) if now < until => 0,
            Some(_) => 1,
            None => AT_ONCE,
        };
        if state.under_way >= limit {
            return None;
        }
        state.under_way += 1;
        Some(ShortWay {
            breaker: self,
            begun: now,
            end: End::Dropped,
        })
    }
}

/// Says that a step has to go the long way.
pub(crate) fn not_the_short_way() -> ActivityError {
    let failure = ApplicationFailure::builder(anyhow::anyhow!("not the short way now"))
        .type_name("NotTheShortWay".to_owned())
        .non_retryable(true)
        .build();
    ActivityError::application(failure)
}

impl ShortWay<'_> {
    /// Notes that the step has ended.
    pub(crate) fn end(mut self) {
        self.end = End::Ended;
    }

    /// Notes that the system was not asked after all.
    pub(crate) fn unused(mut self) {
        self.end = End::Unused;
    }

    fn leave(&self, now: Instant) {
        let mut state = self
            .breaker
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        state.under_way -= 1;
        let was_quick = match self.end {
            End::Dropped => false,
            End::Ended => now.saturating_duration_since(self.begun) <= SLOW,
            End::Unused => return,
        };
        if !was_quick {
            state.open_until = Some(now + OPEN_FOR);
        } else if state.open_until.is_some_and(|until| now >= until) {
            state.open_until = None;
        }
    }
}

impl Drop for ShortWay<'_> {
    fn drop(&mut self) {
        self.leave(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ends a step after this time, without its own clock.
    fn end(mut step: ShortWay<'_>, took: Duration) {
        step.end = End::Ended;
        step.leave(step.begun + took);
        std::mem::forget(step);
    }

    #[test]
    fn only_so_many_go_the_short_way_at_once() {
        let (breaker, now) = (Breaker::default(), Instant::now());
        let steps: Vec<_> = (0..AT_ONCE).filter_map(|_| breaker.enter_at(now)).collect();
        assert_eq!(steps.len(), AT_ONCE);
        assert!(breaker.enter_at(now).is_none());
        steps.into_iter().for_each(|step| end(step, SLOW));
        assert!(breaker.enter_at(now).is_some());
    }

    #[test]
    fn after_a_slow_one_a_trial_decides() {
        let (breaker, now) = (Breaker::default(), Instant::now());
        let slow = SLOW + Duration::from_millis(1);
        end(breaker.enter_at(now).unwrap(), slow);
        assert!(breaker.enter_at(now + slow).is_none());
        let later = now + slow + OPEN_FOR;
        let trial = breaker.enter_at(later).unwrap();
        assert!(breaker.enter_at(later).is_none(), "one trial at a time");
        end(trial, SLOW);
        assert!(breaker.enter_at(later).is_some());
        assert!(breaker.enter_at(later).is_some());
    }

    #[test]
    fn a_trial_that_asks_nothing_decides_nothing() {
        let breaker = Breaker::default();
        drop(breaker.enter_at(Instant::now()).unwrap());
        let later = Instant::now() + OPEN_FOR;
        breaker.enter_at(later).unwrap().unused();
        let _trial = breaker.enter_at(later).unwrap();
        assert!(breaker.enter_at(later).is_none(), "one trial at a time");
    }

    #[test]
    fn one_that_is_given_up_was_slow() {
        let breaker = Breaker::default();
        drop(breaker.enter_at(Instant::now()).unwrap());
        assert!(breaker.enter_at(Instant::now()).is_none());
    }
}
