//! What a submission's own step and later questions tell about it.

use std::time::Duration;

use jiff::Timestamp;

use super::{FinalState, Knowledge, Submission, Trouble};
use crate::operation::partner_report::{Reported, StatusReport, SubmissionReport};
use crate::operation::schedule::{Schedule, after};
use crate::operation::verdict::{Confirmation, Verdict};

/// How many answers in a row must say that the partner does not know a submission.
const ABSENCES_THAT_PROVE: u32 = 2;

impl Submission {
    /// Notes that a submission is about to be made: from here on it is open, unless an answer says
    /// otherwise. Returns until when its step may give bytes to the kernel.
    pub fn begin(&mut self, now: Timestamp, schedule: &Schedule) -> Timestamp {
        debug_assert!(
            self.nothing_sent(),
            "nothing is submitted while a submission is open"
        );
        self.begun = true;
        let not_after = after(now, schedule.submission_limit());
        self.knowledge = open(not_after, None);
        not_after
    }

    /// Notes the report with which the submission's activity ended.
    pub fn submitted(
        &mut self,
        reported: &Reported<SubmissionReport>,
        now: Timestamp,
        schedule: &Schedule,
    ) {
        let is_another_run = self.goes_on_in(&reported.run_id, now, schedule);
        match &reported.report {
            SubmissionReport::Found(state) => {
                let verdict = self
                    .asked
                    .verdict_on_state(state, self.partner_payment_id());
                self.learn(verdict, now, schedule);
            }
            SubmissionReport::Answered(state) => {
                match self
                    .asked
                    .verdict_on_state(state, self.partner_payment_id())
                {
                    // An answer about something else leaves the outcome unknown
                    // (`docs/api/partner.yaml`).
                    Verdict::Contradicts(_) => self.left_open(now, now, schedule),
                    verdict => self.learn(verdict, now, schedule),
                }
            }
            // It says nothing about what the run before may have submitted.
            _ if is_another_run => {}
            SubmissionReport::NotSent { retry_after, .. } => {
                self.knowledge = Knowledge::NotSent;
                self.plan(now, schedule, *retry_after);
            }
            SubmissionReport::AccessDenied(denial) => {
                self.knowledge = Knowledge::NotSent;
                self.note_trouble(Trouble::AccessDenied(denial.clone()), now, schedule);
            }
            SubmissionReport::Refused { code } if self.left_open_before => {
                self.knowledge = open(now, Some(code.clone()));
                self.plan_afresh(now, schedule);
            }
            SubmissionReport::Refused { code } => {
                let final_state = FinalState::Rejected {
                    code: code.clone(),
                    at: now,
                };
                self.knowledge = Knowledge::Final(final_state);
            }
            SubmissionReport::Open { .. } => self.left_open(now, now, schedule),
            // The earlier attempt may still submit, for at most as long as if it started now.
            SubmissionReport::Withheld { .. } => {
                self.left_open(after(now, schedule.submission_limit()), now, schedule);
            }
        }
    }

    /// Notes that the submission's activity ended without a report: it may have been executed, and
    /// until its limit it may still be.
    pub fn lost(&mut self, now: Timestamp, schedule: &Schedule) {
        let limit = match self.knowledge {
            Knowledge::Open { since, .. } => since.max(now),
            _ => now,
        };
        self.left_open(limit, now, schedule);
    }

    /// Notes the report on the question of `asked_at`; returns what it means.
    pub fn answered(
        &mut self,
        reported: &Reported<StatusReport>,
        asked_at: Timestamp,
        now: Timestamp,
        schedule: &Schedule,
    ) -> Verdict {
        let report = &reported.report;
        let verdict = self.asked.verdict_on(report, self.partner_payment_id());
        if matches!(self.knowledge, Knowledge::Final(_)) {
            return verdict;
        }
        self.goes_on_in(&reported.run_id, now, schedule);
        match report {
            StatusReport::Shown(_) => self.learn(verdict.clone(), now, schedule),
            StatusReport::NotFound => self.absent(asked_at, now, schedule),
            StatusReport::AccessDenied(denial) => {
                self.note_trouble(Trouble::AccessDenied(denial.clone()), now, schedule);
            }
            // Nothing was sent, so the next event is the submission itself.
            StatusReport::NoAnswer { .. } if self.nothing_sent() => {}
            StatusReport::NoAnswer { retry_after, .. } => self.plan(now, schedule, *retry_after),
        }
        verdict
    }

    /// Learns from a state that the partner shows.
    fn learn(&mut self, verdict: Verdict, now: Timestamp, schedule: &Schedule) {
        match verdict {
            Verdict::Pending { partner_payment_id } => {
                self.partner_payment_id = Some(partner_payment_id);
                self.trouble = None;
                self.mismatch = None;
                self.acknowledged(now);
                self.plan(now, schedule, None);
            }
            Verdict::Completed(confirmation) => {
                self.partner_payment_id = Some(confirmation.partner_payment_id.clone());
                self.knowledge = Knowledge::Final(FinalState::Completed(confirmation));
            }
            Verdict::Declined { code, confirmation } => {
                let Confirmation {
                    partner_payment_id,
                    at,
                } = confirmation;
                self.partner_payment_id = Some(partner_payment_id);
                let partner_payment_id = self.partner_payment_id.clone();
                self.knowledge = Knowledge::Final(FinalState::Declined {
                    code,
                    partner_payment_id,
                    at,
                });
            }
            // Whatever it is, the partner has something under this id, so never submit again.
            Verdict::Contradicts(mismatch) => {
                self.acknowledged(now);
                self.mismatch = Some(mismatch.clone());
                self.note_trouble(Trouble::Mismatch(mismatch), now, schedule);
            }
            // A state never means this.
            Verdict::NotFound | Verdict::AccessDenied(_) | Verdict::NoAnswer(_) => {}
        }
    }

    /// Notes that the partner answered the question of `asked_at` with "not found".
    fn absent(&mut self, asked_at: Timestamp, now: Timestamp, schedule: &Schedule) {
        let hidden_until = self.may_be_hidden_until(schedule);
        let counts = hidden_until.is_some_and(|until| asked_at >= until);
        if matches!(self.trouble, Some(Trouble::AccessDenied(_))) {
            self.trouble = self.mismatch.clone().map(Trouble::Mismatch);
        }
        match &mut self.knowledge {
            Knowledge::NotSent | Knowledge::Final(_) => return,
            Knowledge::Acknowledged { .. } if counts => {
                self.trouble.get_or_insert(Trouble::Vanished);
            }
            Knowledge::Open {
                absences, refusal, ..
            } if counts => {
                *absences += 1;
                if *absences >= ABSENCES_THAT_PROVE {
                    let refused = refusal.take();
                    self.next_try = now;
                    self.knowledge = match refused {
                        None => Knowledge::NotSent,
                        Some(code) => Knowledge::Final(FinalState::Rejected { code, at: now }),
                    };
                    return;
                }
            }
            Knowledge::Acknowledged { .. } | Knowledge::Open { .. } => {}
        }
        self.plan(now, schedule, None);
    }

    fn acknowledged(&mut self, now: Timestamp) {
        if !matches!(self.knowledge, Knowledge::Acknowledged { .. }) {
            self.knowledge = Knowledge::Acknowledged { since: now };
        }
    }

    fn note_trouble(&mut self, trouble: Trouble, now: Timestamp, schedule: &Schedule) {
        self.trouble = Some(trouble);
        self.plan(now, schedule, None);
    }

    /// A submission may have been executed; its last bytes were given to the kernel by `since`.
    fn left_open(&mut self, since: Timestamp, now: Timestamp, schedule: &Schedule) {
        self.left_open_before = true;
        self.knowledge = open(since, None);
        self.plan_afresh(now, schedule);
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
    fn goes_on_in(&mut self, run_id: &str, now: Timestamp, schedule: &Schedule) -> bool {
        if self.run_id == run_id {
            return false;
        }
        run_id.clone_into(&mut self.run_id);
        if matches!(self.knowledge, Knowledge::NotSent | Knowledge::Open { .. }) {
            self.left_open(after(now, schedule.submission_limit()), now, schedule);
        }
        true
    }

    fn plan_afresh(&mut self, now: Timestamp, schedule: &Schedule) {
        self.tries = 0;
        self.plan(now, schedule, None);
    }

    fn plan(&mut self, now: Timestamp, schedule: &Schedule, retry_after: Option<Duration>) {
        let pause = match self.attention(now, schedule) {
            Some(_) => schedule.attention_check,
            None => schedule.pause(self.tries),
        };
        self.tries = self.tries.saturating_add(1);
        let mut next = after(now, pause);
        if let Knowledge::Open {
            since, absences, ..
        } = self.knowledge
        {
            let counts_from = after(since, schedule.proof_delay());
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

fn open(since: Timestamp, refusal: Option<String>) -> Knowledge {
    Knowledge::Open {
        since,
        absences: 0,
        refusal,
    }
}
