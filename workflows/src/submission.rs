//! What is known of one submission, and what may be done next. Pure code: no Temporal, no I/O and
//! no clock, so that every interleaving of answers, losses, callbacks and timers can be tried.
//!
//! The one rule behind it: a submission that was sent is *open* until the partner shows it, or
//! until the partner said twice in a row, late enough to count, that it does not know it. Nothing
//! is submitted while one is open.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::attention::Attention;
use crate::partner_report::{Reported, StatusReport, SubmissionReport};
use crate::partner_word::{Asked, Confirmation, Mismatch, Word};
use crate::schedule::{Schedule, after};

/// One operation on its way to its outcome.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Submission {
    asked: Asked,
    opened_at: Timestamp,
    knowledge: Knowledge,
    /// The run, by Temporal's id, that all this is known in. A reset copies what an earlier run
    /// knew at some point, and not what that run did later.
    run_id: String,
    /// Whether a submission was ever scheduled.
    begun: bool,
    /// A submission was left open once. From then on a refusal speaks of the newest alone.
    left_open_before: bool,
    partner_payment_id: Option<String>,
    trouble: Option<Trouble>,
    /// What the partner showed instead of what was asked. Only what it shows takes that back.
    mismatch: Option<Mismatch>,
    tries: u32,
    next_try: Timestamp,
}

/// What is known.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Knowledge {
    /// Nothing was sent, or all that was sent is proven not to have arrived.
    Clear,
    /// A submission may have been executed, and the partner has not shown it.
    Open {
        /// When its last byte could have been given to the kernel, at the latest.
        since: Timestamp,
        /// How many answers in a row said `request_not_found` late enough to count.
        absences: u32,
        /// The partner refused a later submission with this code, which says nothing of this one.
        refusal: Option<String>,
    },
    /// The partner has shown the operation, not yet at its end.
    Held {
        /// When it first did.
        since: Timestamp,
    },
    /// The end.
    Settled(Settled),
}

/// How an operation ended.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settled {
    /// The money moved.
    Completed(Confirmation),
    /// The partner declined; nothing moved.
    Declined {
        /// The partner's code, `unspecified` where it gave none.
        code: String,
        /// The declined operation, where the partner named it.
        partner_payment_id: Option<String>,
        /// When.
        at: Timestamp,
    },
    /// The partner refused the submission for good; nothing moved.
    Rejected {
        /// The partner's code.
        code: String,
        /// When.
        at: Timestamp,
    },
    /// An operator closed it by hand.
    Abandoned {
        /// The partner's operation, where it was shown as asked for, or an operator named it.
        partner_payment_id: Option<String>,
        /// When.
        at: Timestamp,
    },
}

/// Something that an operator has to look at.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Trouble {
    Mismatch(Mismatch),
    Vanished,
    Barred(String),
}

/// What woke the operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wake {
    /// Nothing but time.
    Timer,
    /// A callback, which proves nothing: at most a question follows.
    Callback,
    /// An operator who wants it tried at once.
    Operator,
}

/// What may be done next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// Ask, and submit if the partner does not know the request.
    Submit,
    /// Ask for the status.
    Ask,
    /// Nothing before then.
    WaitUntil(Timestamp),
    /// Nothing more with the partner.
    Done(Settled),
}

/// How many answers in a row must say that the partner does not know a submission.
const ABSENCES_THAT_PROVE: u32 = 2;

impl Submission {
    /// An operation of which nothing was sent yet, in its first run.
    pub fn new(asked: Asked, first_run_id: &str, now: Timestamp) -> Submission {
        Submission {
            asked,
            opened_at: now,
            knowledge: Knowledge::Clear,
            run_id: first_run_id.to_owned(),
            begun: false,
            left_open_before: false,
            partner_payment_id: None,
            trouble: None,
            mismatch: None,
            tries: 0,
            next_try: now,
        }
    }

    /// What may be done at `now`.
    pub fn step(&self, now: Timestamp, wake: Wake, schedule: &Schedule) -> Step {
        let due = now >= self.next_try;
        match (&self.knowledge, wake) {
            (Knowledge::Settled(settled), _) => Step::Done(settled.clone()),
            (Knowledge::Clear, Wake::Operator) => Step::Submit,
            (Knowledge::Clear, Wake::Callback) => Step::Ask,
            (Knowledge::Clear, Wake::Timer) if due => Step::Submit,
            (_, Wake::Operator | Wake::Callback) => Step::Ask,
            (_, Wake::Timer) if due => Step::Ask,
            (_, Wake::Timer) => {
                // Wakes at the deadline too, so that nobody waits past it unseen.
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

    /// Why an operator should look at it now, if so.
    pub fn attention(&self, now: Timestamp, schedule: &Schedule) -> Option<Attention> {
        match (&self.trouble, &self.knowledge) {
            (_, Knowledge::Settled(_)) => None,
            (Some(Trouble::Mismatch(mismatch)), _) => {
                Some(Attention::Trouble(mismatch.to_string()))
            }
            (Some(Trouble::Vanished), _) => {
                let words = "the partner had the operation and now says request_not_found";
                Some(Attention::Trouble(words.to_owned()))
            }
            (Some(Trouble::Barred(reason)), _) => Some(Attention::Trouble(match &self.mismatch {
                None => reason.clone(),
                Some(mismatch) => format!("{reason}; before that, {mismatch}"),
            })),
            (None, _) if now >= self.deadline(schedule) => Some(Attention::Overdue(format!(
                "still open {:?} after its start",
                schedule.needs_attention_after
            ))),
            (None, _) => None,
        }
    }

    /// Whether a submission was sent or may have been; false while it is certain that none was.
    pub fn may_have_been_sent(&self) -> bool {
        self.left_open_before || self.knowledge != Knowledge::Clear
    }

    /// Whether a submission was ever scheduled: from then on a request to cancel changes nothing.
    pub fn has_begun(&self) -> bool {
        self.begun
    }

    /// The run that all this is known in.
    pub fn run_id(&self) -> &str {
        &self.run_id
    }

    /// Whether the next thing to do with the partner is to submit.
    pub fn is_clear(&self) -> bool {
        self.knowledge == Knowledge::Clear
    }

    /// The end, once there is one.
    pub fn settled(&self) -> Option<&Settled> {
        match &self.knowledge {
            Knowledge::Settled(settled) => Some(settled),
            _ => None,
        }
    }

    /// The partner's name of the operation, once it gave one.
    pub fn partner_payment_id(&self) -> Option<&str> {
        self.partner_payment_id.as_deref()
    }

    /// Whether the partner has shown an operation under this request id, and not yet its end.
    pub fn was_shown(&self) -> bool {
        matches!(self.knowledge, Knowledge::Held { .. })
    }

    /// What the partner showed instead of what was asked, until it shows the operation as asked.
    pub fn mismatch(&self) -> Option<&Mismatch> {
        self.mismatch.as_ref()
    }

    /// When it is tried again by itself.
    pub fn next_try(&self) -> Timestamp {
        self.next_try
    }

    /// A submission is about to be made: from here on it is open, unless an answer says otherwise.
    /// Returns until when its step may hand bytes to the kernel.
    pub fn begin(&mut self, now: Timestamp, schedule: &Schedule) -> Timestamp {
        debug_assert!(
            self.is_clear(),
            "nothing is submitted while a submission is open"
        );
        self.begun = true;
        let not_after = after(now, schedule.submission_limit());
        self.knowledge = open(not_after, None);
        not_after
    }

    /// The submission's activity ended with a report.
    pub fn submitted(
        &mut self,
        reported: &Reported<SubmissionReport>,
        now: Timestamp,
        schedule: &Schedule,
    ) {
        let is_another_run = self.goes_on_in(&reported.run_id, now, schedule);
        match &reported.report {
            SubmissionReport::Found(state) => {
                let word = self.asked.hear_state(state, self.partner_payment_id());
                self.learn(word, now, schedule);
            }
            SubmissionReport::Answered(state) => {
                match self.asked.hear_state(state, self.partner_payment_id()) {
                    // An answer about something else is no answer: the contract leaves it open.
                    Word::Contradicts(_) => self.left_open(now, now, schedule),
                    word => self.learn(word, now, schedule),
                }
            }
            // It says nothing of what the run before may have submitted.
            _ if is_another_run => {}
            SubmissionReport::NotSent { retry_after, .. } => {
                self.knowledge = Knowledge::Clear;
                self.plan(now, schedule, *retry_after);
            }
            SubmissionReport::Barred { reason } => {
                self.knowledge = Knowledge::Clear;
                self.hold(Trouble::Barred(reason.clone()), now, schedule);
            }
            SubmissionReport::Refused { code } if self.left_open_before => {
                self.knowledge = open(now, Some(code.clone()));
                self.plan_afresh(now, schedule);
            }
            SubmissionReport::Refused { code } => {
                let settled = Settled::Rejected {
                    code: code.clone(),
                    at: now,
                };
                self.knowledge = Knowledge::Settled(settled);
            }
            SubmissionReport::Open { .. } => self.left_open(now, now, schedule),
            // The attempt before this one may still submit for as long as it could from now on.
            SubmissionReport::Withheld { .. } => {
                self.left_open(after(now, schedule.submission_limit()), now, schedule);
            }
        }
    }

    /// The submission's activity ended without a report: it may have been executed, and until its
    /// limit it may still be.
    pub fn lost(&mut self, now: Timestamp, schedule: &Schedule) {
        let limit = match self.knowledge {
            Knowledge::Open { since, .. } => since.max(now),
            _ => now,
        };
        self.left_open(limit, now, schedule);
    }

    /// The question that was put at `asked_at` ended with a report; returns what it means.
    pub fn answered(
        &mut self,
        reported: &Reported<StatusReport>,
        asked_at: Timestamp,
        now: Timestamp,
        schedule: &Schedule,
    ) -> Word {
        let report = &reported.report;
        let word = self.asked.hear(report, self.partner_payment_id());
        if matches!(self.knowledge, Knowledge::Settled(_)) {
            return word;
        }
        self.goes_on_in(&reported.run_id, now, schedule);
        match report {
            StatusReport::Shown(_) => self.learn(word.clone(), now, schedule),
            StatusReport::NotFound => self.absent(asked_at, now, schedule),
            StatusReport::Barred { reason } => {
                self.hold(Trouble::Barred(reason.clone()), now, schedule);
            }
            // With nothing sent, only the submission itself is waited for.
            StatusReport::NoAnswer { .. } if self.is_clear() => {}
            StatusReport::NoAnswer { retry_after, .. } => self.plan(now, schedule, *retry_after),
        }
        word
    }

    /// A callback says that something happened: the next pauses are short again.
    pub fn callback(&mut self) {
        self.tries = 0;
    }

    /// Until when the partner may not yet show a submission that it has executed.
    pub fn may_be_hidden_until(&self, schedule: &Schedule) -> Option<Timestamp> {
        match self.knowledge {
            Knowledge::Open { since, .. } => Some(after(since, schedule.proof_delay())),
            Knowledge::Held { since } => Some(after(since, schedule.visibility_delay)),
            Knowledge::Clear | Knowledge::Settled(_) => None,
        }
    }

    /// Ends the operation by an operator's word. What may be said is `resolution.rs`'s to decide.
    pub fn close(&mut self, settled: Settled) {
        self.knowledge = Knowledge::Settled(settled);
    }

    /// What was asked of the partner.
    pub fn asked(&self) -> &Asked {
        &self.asked
    }

    /// Learns from a state that the partner shows.
    fn learn(&mut self, word: Word, now: Timestamp, schedule: &Schedule) {
        match word {
            Word::Pending { partner_payment_id } => {
                self.partner_payment_id = Some(partner_payment_id);
                self.trouble = None;
                self.mismatch = None;
                self.held(now);
                self.plan(now, schedule, None);
            }
            Word::Completed(confirmation) => {
                self.partner_payment_id = Some(confirmation.partner_payment_id.clone());
                self.knowledge = Knowledge::Settled(Settled::Completed(confirmation));
            }
            Word::Declined { code, confirmation } => {
                let Confirmation {
                    partner_payment_id,
                    at,
                } = confirmation;
                self.partner_payment_id = Some(partner_payment_id);
                let partner_payment_id = self.partner_payment_id.clone();
                self.knowledge = Knowledge::Settled(Settled::Declined {
                    code,
                    partner_payment_id,
                    at,
                });
            }
            // Whatever it is, the partner has something under this id: never submit again.
            Word::Contradicts(mismatch) => {
                self.held(now);
                self.mismatch = Some(mismatch.clone());
                self.hold(Trouble::Mismatch(mismatch), now, schedule);
            }
            // Not what a state can mean.
            Word::Absent | Word::Barred(_) | Word::Silent(_) => {}
        }
    }

    /// The partner said at a question put at `asked_at` that it does not know the request.
    fn absent(&mut self, asked_at: Timestamp, now: Timestamp, schedule: &Schedule) {
        let hidden_until = self.may_be_hidden_until(schedule);
        let counts = hidden_until.is_some_and(|until| asked_at >= until);
        if matches!(self.trouble, Some(Trouble::Barred(_))) {
            self.trouble = self.mismatch.clone().map(Trouble::Mismatch);
        }
        match &mut self.knowledge {
            Knowledge::Clear | Knowledge::Settled(_) => return,
            Knowledge::Held { .. } if counts => {
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
                        None => Knowledge::Clear,
                        Some(code) => Knowledge::Settled(Settled::Rejected { code, at: now }),
                    };
                    return;
                }
            }
            Knowledge::Held { .. } | Knowledge::Open { .. } => {}
        }
        self.plan(now, schedule, None);
    }

    fn held(&mut self, now: Timestamp) {
        if !matches!(self.knowledge, Knowledge::Held { .. }) {
            self.knowledge = Knowledge::Held { since: now };
        }
    }

    fn hold(&mut self, trouble: Trouble, now: Timestamp, schedule: &Schedule) {
        self.trouble = Some(trouble);
        self.plan(now, schedule, None);
    }

    /// What was submitted may have been executed; its last bytes were given to the kernel by
    /// `since`.
    fn left_open(&mut self, since: Timestamp, now: Timestamp, schedule: &Schedule) {
        self.left_open_before = true;
        self.knowledge = open(since, None);
        self.plan_afresh(now, schedule);
    }

    /// Takes up that this is run `run_id`; returns whether that is another one than before. That one
    /// has ended, and what it did last is not known here: a submission of it may be open, and one
    /// that it had scheduled may still be made for one limit from now.
    fn goes_on_in(&mut self, run_id: &str, now: Timestamp, schedule: &Schedule) -> bool {
        if self.run_id == run_id {
            return false;
        }
        run_id.clone_into(&mut self.run_id);
        if matches!(self.knowledge, Knowledge::Clear | Knowledge::Open { .. }) {
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

    /// From when on it needs attention if it is still open.
    pub(crate) fn deadline(&self, schedule: &Schedule) -> Timestamp {
        after(self.opened_at, schedule.needs_attention_after)
    }
}

fn open(since: Timestamp, refusal: Option<String>) -> Knowledge {
    Knowledge::Open {
        since,
        absences: 0,
        refusal,
    }
}
