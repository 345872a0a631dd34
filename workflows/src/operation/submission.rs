//! What is known of one submission, and what may be done next. Pure code: no Temporal, no I/O and
//! no clock, so that every interleaving of answers, losses, callbacks and timers can be tested.
//!
//! It rests on one rule: a submission that was sent is *open* until the partner shows it, or until
//! the partner has said twice in a row, late enough to count, that it does not know it. Nothing is
//! submitted while one is open.

mod learning;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::contract::cause::{Cause, LastError};
use crate::operation::attention::Attention;
use crate::operation::denial::Denial;
use crate::operation::mismatch::Mismatch;
use crate::operation::schedule::{Schedule, after};
use crate::operation::verdict::{Asked, Confirmation};

/// One operation, from its submission to its outcome.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Submission {
    asked: Asked,
    opened_at: Timestamp,
    knowledge: Knowledge,
    /// The run, by Temporal's id, in which all this is known. A reset copies what an earlier run
    /// knew at some point, but not what that run did later.
    run_id: String,
    /// Whether a submission was ever scheduled.
    begun: bool,
    /// Whether a submission was ever left open. From then on a refusal is only about the newest
    /// one.
    left_open_before: bool,
    partner_payment_id: Option<String>,
    trouble: Option<Trouble>,
    /// What the partner showed instead of what was requested. Only a new state from it takes that
    /// back.
    mismatch: Option<Mismatch>,
    tries: u32,
    next_try: Timestamp,
}

/// What is known.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Knowledge {
    /// Nothing was sent, or all that was sent is proven not to have arrived.
    NotSent,
    /// A submission may have been executed, and the partner has not shown it.
    Open {
        /// The latest time at which its last byte could have been given to the kernel.
        since: Timestamp,
        /// How many answers in a row, late enough to count, said that it was not found.
        absences: u32,
        /// The partner refused a later submission with this code, which says nothing about this
        /// one.
        refusal: Option<String>,
    },
    /// The partner has shown the operation, but not its end.
    Acknowledged {
        /// When it first showed it.
        since: Timestamp,
    },
    /// The end.
    Final(FinalState),
}

/// How an operation ended.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FinalState {
    /// The money moved.
    Completed(Confirmation),
    /// The partner declined; no money moved.
    Declined {
        /// The partner's code, `unspecified` if it gave none.
        code: String,
        /// The declined operation, if the partner named it.
        partner_payment_id: Option<String>,
        /// When.
        at: Timestamp,
    },
    /// The partner refused the submission for good; no money moved.
    Rejected {
        /// The partner's code.
        code: String,
        /// When.
        at: Timestamp,
    },
    /// An operator closed it by hand.
    Abandoned {
        /// The partner's operation, if it was shown as requested or an operator named it.
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
    AccessDenied(Denial),
}

/// What woke the operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wake {
    /// Only time.
    Timer,
    /// A callback. It proves nothing, so it leads to a question at most.
    Callback,
    /// An operator who wants an attempt at once.
    Operator,
}

/// What may be done next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// Ask, and submit if the partner does not know the request.
    Submit,
    /// Ask for the status.
    Ask,
    /// Nothing before that time.
    WaitUntil(Timestamp),
    /// Nothing more with the partner.
    Done(FinalState),
}

impl Submission {
    /// An operation in its first run, before anything was sent.
    pub fn new(asked: Asked, first_run_id: &str, now: Timestamp) -> Submission {
        Submission {
            asked,
            opened_at: now,
            knowledge: Knowledge::NotSent,
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
            (Knowledge::Final(final_state), _) => Step::Done(final_state.clone()),
            (Knowledge::NotSent, Wake::Operator) => Step::Submit,
            (Knowledge::NotSent, Wake::Callback) => Step::Ask,
            (Knowledge::NotSent, Wake::Timer) if due => Step::Submit,
            (_, Wake::Operator | Wake::Callback) => Step::Ask,
            (_, Wake::Timer) if due => Step::Ask,
            (_, Wake::Timer) => {
                // Also wakes at the deadline, so that an operation that waits past it becomes
                // visible.
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

    /// Why an operator should look at it now, if there is a reason.
    pub fn attention(&self, now: Timestamp, schedule: &Schedule) -> Option<Attention> {
        match (&self.trouble, &self.knowledge) {
            (_, Knowledge::Final(_)) => None,
            (Some(Trouble::Mismatch(mismatch)), _) => {
                Some(Attention::Trouble(LastError::of_mismatch(mismatch)))
            }
            (Some(Trouble::Vanished), _) => {
                let words = "the partner had the operation and now says that it does not know it";
                Some(Attention::Trouble(LastError::new(Cause::Vanished, words)))
            }
            (Some(Trouble::AccessDenied(denial)), _) => {
                let mut error = LastError::of_denial(denial);
                if let Some(mismatch) = &self.mismatch {
                    error.words += &format!("; before that, {mismatch}");
                }
                Some(Attention::Trouble(error))
            }
            (None, _) if now >= self.deadline(schedule) => Some(Attention::Overdue(format!(
                "still open {:?} after its start",
                schedule.needs_attention_after
            ))),
            (None, _) => None,
        }
    }

    /// Whether a submission was sent or may have been; false while it is certain that none was.
    pub fn may_have_been_sent(&self) -> bool {
        self.left_open_before || self.knowledge != Knowledge::NotSent
    }

    /// Whether a submission was ever scheduled; from then on a request to cancel has no effect.
    pub fn has_begun(&self) -> bool {
        self.begun
    }

    /// The run in which all this is known.
    pub fn run_id(&self) -> &str {
        &self.run_id
    }

    /// Whether this is all that run `run_id` can know: the knowledge is its own, or an end.
    pub fn is_known_in(&self, run_id: &str) -> bool {
        self.run_id == run_id || matches!(self.knowledge, Knowledge::Final(_))
    }

    /// Whether the next step with the partner is to submit.
    pub fn nothing_sent(&self) -> bool {
        self.knowledge == Knowledge::NotSent
    }

    /// Whether a submission may have been executed that the partner has not shown.
    pub fn is_open(&self) -> bool {
        matches!(self.knowledge, Knowledge::Open { .. })
    }

    /// The end, once there is one.
    pub fn final_state(&self) -> Option<&FinalState> {
        match &self.knowledge {
            Knowledge::Final(final_state) => Some(final_state),
            _ => None,
        }
    }

    /// The partner's id of the operation, once it gave one.
    pub fn partner_payment_id(&self) -> Option<&str> {
        self.partner_payment_id.as_deref()
    }

    /// Whether the partner has shown an operation under this request id, but not its end.
    pub fn was_shown(&self) -> bool {
        matches!(self.knowledge, Knowledge::Acknowledged { .. })
    }

    /// What the partner showed instead of what was requested, until it shows what was requested.
    pub fn mismatch(&self) -> Option<&Mismatch> {
        self.mismatch.as_ref()
    }

    /// When the next attempt is made by itself.
    pub fn next_try(&self) -> Timestamp {
        self.next_try
    }

    /// Notes a callback: something happened, so the next pauses are short again.
    pub fn callback(&mut self) {
        self.tries = 0;
    }

    /// Until when the partner may not show a submission that it has executed.
    pub fn may_be_hidden_until(&self, schedule: &Schedule) -> Option<Timestamp> {
        match self.knowledge {
            Knowledge::Open { since, .. } => Some(after(since, schedule.proof_delay())),
            Knowledge::Acknowledged { since } => Some(after(since, schedule.visibility_delay)),
            Knowledge::NotSent | Knowledge::Final(_) => None,
        }
    }

    /// Ends the operation on an operator's statement. `decision.rs` decides what an operator may
    /// say.
    pub fn close(&mut self, final_state: FinalState) {
        self.knowledge = Knowledge::Final(final_state);
    }

    /// What was requested from the partner.
    pub fn asked(&self) -> &Asked {
        &self.asked
    }

    /// When it starts to need attention if it is still open.
    pub(crate) fn deadline(&self, schedule: &Schedule) -> Timestamp {
        after(self.opened_at, schedule.needs_attention_after)
    }
}
