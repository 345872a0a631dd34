//! What a submission loses when another run goes on with it.

use jiff::Timestamp;

use super::learning::open;
use super::{FinalState, Knowledge, Submission};
use crate::contract::promises::AskedBy;
use crate::operation::schedule::{Schedule, after};

impl Submission {
    /// Whether another run can learn what this one knows, at the cost of time at most. That run takes
    /// what the partner has not shown as open, even where it is certain that nothing was sent: it
    /// may be a reset one. Where absence can't be proven, that certainty would be lost for it. So would
    /// another account to pass the operation to, and after that all proof at that account.
    pub(crate) fn may_be_handed_over(&self, now: Timestamp, schedule: &Schedule) -> bool {
        match self.knowledge {
            Knowledge::Acknowledged { .. } | Knowledge::Final(_) => true,
            Knowledge::NotSent => self.can_prove_absence() && !self.has_fallback,
            Knowledge::Open { .. } => {
                // Where nothing can be proven and nothing repeated, there is nothing to lose. A partner
                // that is asked by its own id can say that nothing moved, as long as no other run may
                // have passed it on.
                let may_be_told =
                    self.promises.asked_by == AskedBy::PartnerPaymentId && !self.may_be_elsewhere;
                let is_hopeless =
                    !self.can_prove_absence() && !self.may_repeat(now, schedule) && !may_be_told;
                is_hopeless || !self.has_fallback
            }
        }
    }

    /// What run `run_id` knows at `now`, as long as it has had no answer itself.
    pub(crate) fn seen_from(
        &self,
        run_id: &str,
        now: Timestamp,
        schedule: &Schedule,
    ) -> Submission {
        let mut submission = self.clone();
        submission.goes_on_in(run_id, now, schedule);
        submission
    }

    /// Notes that this is run `run_id`; returns whether that is a new run. The run before has
    /// ended, and what it did last is not known here: one of its submissions may be open, and one
    /// that it had scheduled may still be made within one limit from now.
    pub(super) fn goes_on_in(&mut self, run_id: &str, now: Timestamp, schedule: &Schedule) -> bool {
        if self.run_id == run_id {
            return false;
        }
        run_id.clone_into(&mut self.run_id);
        if self.has_fallback {
            // The run before may have passed it to the other account, where this one does not ask:
            // what this account does not know proves nothing.
            self.may_be_elsewhere = true;
            self.promises.accepts_within = None;
            self.promises.drops_repeats_for = None;
        }
        self.reopen(now, schedule);
        true
    }

    /// Takes what the partner has not shown as open. A refusal is kept: it is the end once nothing
    /// else can have been executed.
    pub(super) fn reopen(&mut self, now: Timestamp, schedule: &Schedule) {
        let refusal = match &self.knowledge {
            Knowledge::NotSent => None,
            Knowledge::Open { refusal, .. } => refusal.clone(),
            Knowledge::Final(FinalState::Rejected { code, .. }) => {
                // It was told as rejected, so nothing may be executed now that was not before.
                self.promises.drops_repeats_for = None;
                Some(code.clone())
            }
            Knowledge::Acknowledged { .. } | Knowledge::Final(_) => return,
        };
        let limit = after(now, schedule.submission_limit());
        self.left_open(limit, now, schedule);
        self.knowledge = open(limit, refusal);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::contract::kind::Kind;
    use crate::contract::promises::Promises;
    use crate::operation::Operation;
    use crate::operation::partner_report::{Reported, StatusReport, SubmissionReport};
    use crate::operation::schedule::at;
    use crate::operation::submission::next_step::{Step, Wake};
    use crate::operation::terms::Terms;

    const HOUR: Duration = Duration::from_secs(60 * 60);

    fn not_sent(promises: Promises) -> Submission {
        let terms = Terms {
            promises,
            ..Terms::in_tests()
        };
        Operation::in_tests(Kind::ExtraPayment, terms, at(0)).submission
    }

    fn open(promises: Promises) -> Submission {
        let schedule = Schedule::default();
        let mut submission = not_sent(promises);
        submission.begin(at(0), &schedule);
        submission.lost(at(1), &schedule);
        submission
    }

    fn refused(promises: Promises) -> Submission {
        let schedule = Schedule::default();
        let mut submission = not_sent(promises);
        submission.begin(at(0), &schedule);
        let code = "card_missing".to_owned();
        let refused = Reported::new("run-1", SubmissionReport::Refused { code });
        submission.submitted(&refused, at(1), &schedule);
        submission
    }

    fn shows() -> Promises {
        Terms::in_tests().promises
    }

    fn drops_repeats() -> Promises {
        Promises {
            drops_repeats_for: Some(24 * HOUR),
            ..Promises::default()
        }
    }

    fn may(submission: &Submission, now: i64) -> bool {
        submission.may_be_handed_over(at(now), &Schedule::default())
    }

    #[test]
    fn what_can_be_proven_or_repeated_again_may_be_handed_over() {
        assert!(may(&not_sent(shows()), 10));
        assert!(may(&open(shows()), 10));
        assert!(may(&open(drops_repeats()), 10));
    }

    #[test]
    fn what_is_certain_in_this_run_alone_is_kept() {
        assert!(!may(&not_sent(drops_repeats()), 10));
        assert!(!may(&not_sent(Promises::default()), 10));
        assert!(!may(&not_sent(shows()).with_fallback(true), 10));
        assert!(!may(&open(shows()).with_fallback(true), 10));
        assert!(!may(&open(drops_repeats()).with_fallback(true), 10));
        let asked_by_id = Promises {
            asked_by: AskedBy::PartnerPaymentId,
            ..Promises::default()
        };
        assert!(may(&open(asked_by_id.clone()), 10));
        assert!(!may(&open(asked_by_id).with_fallback(true), 10));
        let mut fallen_back = not_sent(shows()).with_fallback(true);
        fallen_back.start_over(shows(), at(1));
        assert!(!may(&fallen_back, 10));
    }

    #[test]
    fn what_an_earlier_run_was_refused_is_asked_about() {
        let (now, schedule) = (at(10), Schedule::default());
        let mut submission = refused(shows());
        let step =
            |submission: &Submission, run_id| submission.step(run_id, now, Wake::Timer, &schedule);
        assert!(matches!(step(&submission, "run-1"), Step::Done(_)));
        assert_eq!(step(&submission, "run-3"), Step::Ask);
        assert!(submission.seen_from("run-3", now, &schedule).is_open());
        // Also a question without a report makes it open, and proves nothing about the run between.
        let lost = Reported::new("run-1", StatusReport::no_answer("lost"));
        submission.answered(&lost, now, now, &schedule);
        assert!(submission.is_open());
        assert!(!submission.is_known_in("run-3"));
        // Once it is certain that nothing was executed, the refusal is the end.
        let later = |hours: i64| at(hours * 60 * 60);
        for hour in 1..=3 {
            let not_found = Reported::new("run-3", StatusReport::NotFound);
            assert!(submission.final_state().is_none());
            submission.answered(&not_found, later(hour), later(hour), &schedule);
        }
        assert!(matches!(
            step(&submission, "run-3"),
            Step::Done(FinalState::Rejected { .. })
        ));
    }

    /// A run between may have submitted to the first account, where this one does not ask.
    #[test]
    fn what_fell_back_in_an_earlier_run_proves_nothing_at_the_fallback_account() {
        let (now, schedule) = (at(10), Schedule::default());
        let mut submission = not_sent(shows()).with_fallback(true);
        submission.start_over(drops_repeats(), at(1));
        submission.begin(at(1), &schedule);
        assert!(!submission.may_be_elsewhere());
        let not_found = Reported::new("run-3", StatusReport::NotFound);
        submission.answered(&not_found, now, now, &schedule);
        assert!(submission.may_be_elsewhere());
        assert!(!submission.can_prove_absence());
        let step = submission.step("run-3", at(60 * 60), Wake::Operator, &schedule);
        assert_eq!(step, Step::Ask);
    }

    /// The next one might not be refused, and somebody may have asked for the same anew.
    #[test]
    fn what_an_earlier_run_was_refused_is_not_repeated() {
        let (now, schedule) = (at(10), Schedule::default());
        let mut submission = refused(drops_repeats());
        let not_found = Reported::new("run-2", StatusReport::NotFound);
        submission.answered(&not_found, now, now, &schedule);
        let step = submission.step("run-2", at(60 * 60), Wake::Operator, &schedule);
        assert_eq!(step, Step::Ask);
    }

    #[test]
    fn what_only_an_operator_can_end_may_be_handed_over() {
        assert!(may(&open(Promises::default()), 10));
        assert!(may(&open(drops_repeats()), 25 * 60 * 60));
    }
}
