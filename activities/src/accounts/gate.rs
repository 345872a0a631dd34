//! How much of an account's work one process does at once: steps under way, steps a second, and the
//! time for which its partner asked to be left alone.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, SemaphorePermit};

/// How much may be done at once.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// How many steps may be under way in this process.
    pub steps_at_once: usize,
    /// How many steps may begin in a second in this process; no limit if absent.
    pub steps_per_second: Option<u32>,
}

/// The longest that a partner's `Retry-After` holds for the whole account. A single call may be told
/// more.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

pub(super) struct Gate {
    load: Load,
    steps: Semaphore,
    next: Mutex<Next>,
}

/// When the next step may begin.
struct Next {
    /// By the rate: a bucket that holds the steps of one second.
    by_rate: Instant,
    /// By the partner's last `Retry-After`.
    by_partner: Instant,
}

/// Why a step may not begin.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Full {
    pub(super) reason: String,
    pub(super) retry_after: Option<Duration>,
}

/// Otherwise a partner that does not answer would take all slots for activities.
impl Default for Load {
    fn default() -> Load {
        Load {
            steps_at_once: 200,
            steps_per_second: None,
        }
    }
}

impl Gate {
    pub(super) fn new(load: Load) -> Gate {
        let now = Instant::now();
        Gate {
            load,
            steps: Semaphore::new(load.steps_at_once),
            next: Mutex::new(Next {
                by_rate: now,
                by_partner: now,
            }),
        }
    }

    pub(super) fn load(&self) -> Load {
        self.load
    }

    /// Lets a step begin.
    pub(super) fn enter(&self, now: Instant) -> Result<SemaphorePermit<'_>, Full> {
        let step = self.steps.try_acquire().map_err(|_| Full {
            reason: format!(
                "{} steps toward this account are under way here",
                self.load.steps_at_once
            ),
            retry_after: None,
        })?;
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(wait) = wait_until(next.by_partner, now) {
            return Err(Full {
                reason: "the partner asked for a pause".to_owned(),
                retry_after: Some(wait),
            });
        }
        if let Some(per_second) = self.load.steps_per_second {
            let one = Duration::from_secs(1) / per_second;
            let begun = next.by_rate.max(now) + one;
            if let Some(wait) = wait_until(begun, now + Duration::from_secs(1)) {
                return Err(Full {
                    reason: format!("{per_second} steps a second toward this account began here"),
                    retry_after: Some(wait),
                });
            }
            next.by_rate = begun;
        }
        Ok(step)
    }

    /// Notes that the partner asked to wait: that holds for the whole account.
    pub(super) fn pause(&self, retry_after: Duration, now: Instant) {
        let until = now + retry_after.min(LONGEST_PAUSE);
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        next.by_partner = next.by_partner.max(until);
    }
}

fn wait_until(until: Instant, now: Instant) -> Option<Duration> {
    let wait = until.saturating_duration_since(now);
    (!wait.is_zero()).then_some(wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(steps_at_once: usize, steps_per_second: Option<u32>) -> Gate {
        Gate::new(Load {
            steps_at_once,
            steps_per_second,
        })
    }

    #[test]
    fn only_so_many_steps_are_under_way_and_a_finished_one_makes_room() {
        let gate = gate(2, None);
        let now = Instant::now();
        let first = gate.enter(now).unwrap();
        let _second = gate.enter(now).unwrap();
        assert!(gate.enter(now).is_err());
        drop(first);
        assert!(gate.enter(now).is_ok());
    }

    #[test]
    fn only_so_many_steps_begin_in_a_second() {
        let gate = gate(1000, Some(10));
        let now = Instant::now();
        let begun = (0..50).filter(|_| gate.enter(now).is_ok()).count();
        assert_eq!(begun, 10);
        let wait = gate.enter(now).unwrap_err().retry_after.unwrap();
        assert_eq!(wait, Duration::from_millis(100));
        assert!(gate.enter(now + wait).is_ok());
        assert!(gate.enter(now + wait).is_err());
    }

    #[test]
    fn what_the_partner_asks_of_one_call_holds_for_the_account() {
        let gate = gate(10, None);
        let now = Instant::now();
        gate.pause(Duration::from_secs(30), now);
        gate.pause(Duration::from_secs(5), now);
        let full = gate.enter(now + Duration::from_secs(20)).unwrap_err();
        assert_eq!(full.retry_after, Some(Duration::from_secs(10)));
        assert!(gate.enter(now + Duration::from_secs(30)).is_ok());
        gate.pause(Duration::from_secs(86_400), now);
        assert!(gate.enter(now + LONGEST_PAUSE).is_ok());
    }
}
