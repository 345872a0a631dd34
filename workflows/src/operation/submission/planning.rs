//! When the next attempt is made by itself.

use std::time::Duration;

use jiff::Timestamp;

use super::{Knowledge, Submission};
use crate::operation::schedule::{Schedule, after};

impl Submission {
    pub(super) fn plan_afresh(&mut self, now: Timestamp, schedule: &Schedule) {
        self.tries = 0;
        self.plan(now, schedule, None);
    }

    pub(super) fn plan(
        &mut self,
        now: Timestamp,
        schedule: &Schedule,
        retry_after: Option<Duration>,
    ) {
        let pause = match self.attention(now, schedule) {
            Some(_) => schedule.attention_check,
            None => schedule.pause(self.tries),
        };
        self.tries = self.tries.saturating_add(1);
        let mut next = after(now, pause);
        if let Knowledge::Open {
            since, absences, ..
        } = self.knowledge
            && self.can_prove_absence()
        {
            let counts_from = after(since, self.proof_delay(schedule));
            if now < counts_from {
                next = next.min(counts_from);
            } else if absences > 0 {
                next = next.min(after(now, schedule.first_check));
            }
        }
        let asked_to_wait = schedule.obeyed(retry_after.unwrap_or_default());
        self.next_try = next.max(after(now, asked_to_wait));
    }
}
