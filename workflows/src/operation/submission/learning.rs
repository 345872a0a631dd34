//! What a submission's own step and later questions tell about it.

use jiff::Timestamp;

use super::{FinalState, Knowledge, Submission, Trouble};
use crate::operation::partner_report::{Reported, StatusReport, SubmissionReport};
use crate::operation::schedule::{Schedule, after};
use crate::operation::verdict::{Confirmation, Verdict};

/// How many answers in a row must say that the partner does not know a submission.
const ABSENCES_THAT_PROVE: u32 = 2;

/// How many steps in a row no worker takes before an operator is told.
const UNSERVED_THAT_COUNT: u32 = 2;

impl Submission {
    /// Notes that a submission is about to be made: from here on it is open, unless an answer says
    /// otherwise. Returns until when its step may give bytes to the kernel.
    pub fn begin(&mut self, now: Timestamp, schedule: &Schedule) -> Timestamp {
        debug_assert!(
            self.nothing_sent() || self.may_repeat(now, schedule),
            "nothing else is submitted while a submission is open"
        );
        self.begun = true;
        self.open_since = match self.knowledge {
            Knowledge::Open { since, .. } => Some(since),
            _ => None,
        };
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
        let is_repeat = self.left_open_before && self.promises.drops_repeats_for.is_some();
        let is_another_run = self.goes_on_in(&reported.run_id, now, schedule);
        self.note_payment_id(reported.known_before.as_deref());
        let since = self.open_since.take().unwrap_or(now);
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
            SubmissionReport::Prepared { partner_payment_id } => {
                self.note_payment_id(Some(partner_payment_id));
                self.knowledge = Knowledge::NotSent;
                self.next_try = now;
            }
            SubmissionReport::NotSent { retry_after, .. } => {
                self.knowledge = before(since, is_repeat);
                self.plan(now, schedule, *retry_after);
            }
            SubmissionReport::NotConnected { .. } => {
                self.knowledge = before(since, is_repeat);
                self.plan(now, schedule, None);
            }
            SubmissionReport::AccessDenied(denial) => {
                self.knowledge = before(since, is_repeat);
                self.note_trouble(Trouble::AccessDenied(denial.clone()), now, schedule);
            }
            SubmissionReport::Refused { code } if self.left_open_before => {
                self.knowledge = open(since, Some(code.clone()));
                self.plan_afresh(now, schedule);
            }
            SubmissionReport::Refused { code } | SubmissionReport::RefusedBefore { code } => {
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
        self.open_since = None;
        let limit = match self.knowledge {
            Knowledge::Open { since, .. } => since.max(now),
            _ => now,
        };
        self.left_open(limit, now, schedule);
    }

    /// Notes that a worker took a step, before what it reports is noted.
    pub fn served(&mut self) {
        self.unserved = 0;
    }

    /// Notes that no worker took a step, after that its report is missing.
    pub fn not_served(&mut self, now: Timestamp, schedule: &Schedule) {
        self.unserved = self.unserved.saturating_add(1);
        if self.is_unserved() && self.final_state().is_none() {
            self.plan(now, schedule, None);
        }
    }

    /// Whether no worker serves the account. One step that nobody takes can be a worker that restarts.
    pub(super) fn is_unserved(&self) -> bool {
        self.unserved >= UNSERVED_THAT_COUNT
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
        match &self.knowledge {
            // Only a run that was reset past the refusal asks about it. It is not the end any more,
            // even if that question is lost.
            Knowledge::Final(FinalState::Rejected { .. }) => self.reopen(now, schedule),
            Knowledge::Final(_) => return verdict,
            _ => {}
        }
        let is_another_run = self.goes_on_in(&reported.run_id, now, schedule);
        self.note_payment_id(reported.known_before.as_deref());
        match report {
            StatusReport::Shown(_) => self.learn(verdict.clone(), now, schedule),
            StatusReport::NotFound => self.absent(asked_at, now, schedule),
            // It was asked as if nothing had been sent, so it was not told to give up what a step of the
            // run before may yet send.
            StatusReport::NothingMoved if is_another_run => {
                self.access_granted();
                self.plan(now, schedule, None);
            }
            StatusReport::NothingMoved => self.nothing_moved(now, schedule),
            StatusReport::AccessDenied(denial) => {
                self.note_trouble(Trouble::AccessDenied(denial.clone()), now, schedule);
            }
            // Nothing was sent, so the next event is the submission itself.
            StatusReport::NoAnswer { .. } if self.nothing_sent() => {}
            StatusReport::NoAnswer { retry_after, .. } => self.plan(now, schedule, *retry_after),
        }
        verdict
    }

    /// Notes that no worker reported on a question. Then nothing is known of the run that asked
    /// either, and all stays what its run knew.
    pub fn question_lost(&mut self, reason: &str, now: Timestamp, schedule: &Schedule) -> Verdict {
        let lost = Reported::new(self.run_id(), StatusReport::not_asked(reason, None));
        self.answered(&lost, now, now, schedule)
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
            Verdict::NotFound
            | Verdict::AccessDenied(_)
            | Verdict::NoAnswer(_)
            | Verdict::NotAsked(_) => {}
        }
    }

    /// Notes that the partner answered the question of `asked_at` with "not found".
    fn absent(&mut self, asked_at: Timestamp, now: Timestamp, schedule: &Schedule) {
        let hidden_until = self.may_be_hidden_until(schedule);
        let counts = hidden_until.is_some_and(|until| asked_at >= until);
        self.access_granted();
        let proves = counts && self.can_prove_absence();
        match &mut self.knowledge {
            Knowledge::NotSent | Knowledge::Final(_) => return,
            Knowledge::Acknowledged { .. } if counts => {
                self.trouble.get_or_insert(Trouble::Vanished);
            }
            Knowledge::Open { absences, .. } if proves => {
                *absences += 1;
                if *absences >= ABSENCES_THAT_PROVE {
                    return self.proven_absent(now);
                }
            }
            Knowledge::Acknowledged { .. } | Knowledge::Open { .. } => {}
        }
        self.plan(now, schedule, None);
    }

    /// Notes that the partner moved nothing, and that nothing sent to it so far can make it.
    fn nothing_moved(&mut self, now: Timestamp, schedule: &Schedule) {
        self.access_granted();
        match self.knowledge {
            Knowledge::Open { .. } if self.may_be_elsewhere => self.plan(now, schedule, None),
            Knowledge::Open { .. } => self.proven_absent(now),
            Knowledge::Acknowledged { .. } => {
                self.trouble.get_or_insert(Trouble::Vanished);
                self.plan(now, schedule, None);
            }
            Knowledge::NotSent | Knowledge::Final(_) => {}
        }
    }

    /// No submission is open any more. If the newest one was refused, that is the end.
    fn proven_absent(&mut self, now: Timestamp) {
        self.next_try = now;
        if let Knowledge::Open { refusal, .. } = &mut self.knowledge {
            self.knowledge = match refusal.take() {
                None => Knowledge::NotSent,
                Some(code) => Knowledge::Final(FinalState::Rejected { code, at: now }),
            };
        }
    }

    /// Notes that the partner gave an answer.
    fn access_granted(&mut self) {
        if matches!(self.trouble, Some(Trouble::AccessDenied(_))) {
            self.trouble = self.mismatch.clone().map(Trouble::Mismatch);
        }
    }

    fn note_payment_id(&mut self, id: Option<&str>) {
        if self.partner_payment_id.is_none() {
            self.partner_payment_id = id.map(str::to_owned);
        }
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
    pub(super) fn left_open(&mut self, since: Timestamp, now: Timestamp, schedule: &Schedule) {
        self.left_open_before = true;
        self.knowledge = open(since, None);
        self.plan_afresh(now, schedule);
    }
}

/// What is known after a submission that did nothing: what was known before it.
fn before(since: Timestamp, is_repeat: bool) -> Knowledge {
    if is_repeat {
        open(since, None)
    } else {
        Knowledge::NotSent
    }
}

pub(super) fn open(since: Timestamp, refusal: Option<String>) -> Knowledge {
    Knowledge::Open {
        since,
        absences: 0,
        refusal,
    }
}

#[cfg(test)]
mod tests;
