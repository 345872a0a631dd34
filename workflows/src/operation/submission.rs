//! What is known of one submission, and (in `next_step.rs`) what may be done next. Pure code: no Temporal, no I/O and
//! no clock, so that every interleaving of answers, losses, callbacks and timers can be tested.
//!
//! It rests on one rule: a submission that was sent is *open* until the partner shows it, or until
//! it is proven that none was accepted. How that is proven is decided by what the partner promises.
//! While one is open nothing is submitted, except the same again for as long as the partner promises
//! to drop repeats.

mod handover;
mod learning;
pub mod next_step;
mod planning;

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::contract::promises::{AskedBy, Promises};
use crate::operation::denial::Denial;
use crate::operation::mismatch::Mismatch;
use crate::operation::promises::WhileOpen;
use crate::operation::schedule::{Schedule, after};
use crate::operation::verdict::{Asked, Confirmation};

/// One operation, from its submission to its outcome.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Submission {
    asked: Asked,
    promises: Promises,
    /// Whether another account may take it over, or has. A run that is reset does not know what other
    /// runs have done there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    has_fallback: bool,
    /// Whether an earlier run may have passed it to another account: then nothing that this one says
    /// proves that no money moved.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    may_be_elsewhere: bool,
    opened_at: Timestamp,
    knowledge: Knowledge,
    /// The run, by Temporal's id, in which all this is known. A reset copies what an earlier run
    /// knew at some point, but not what that run did later.
    run_id: String,
    /// Whether a submission was ever scheduled.
    begun: bool,
    /// When the first run started. No submission is older, also of a run that this one was reset from.
    started_at: Timestamp,
    /// While the same is submitted again: by when the last byte of an earlier submission was given to the kernel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    open_since: Option<Timestamp>,
    /// Whether a submission was ever left open. From then on a refusal is only about the newest
    /// one.
    left_open_before: bool,
    partner_payment_id: Option<String>,
    trouble: Option<Trouble>,
    /// What the partner showed instead of what was requested. Only a new state from it takes that
    /// back.
    mismatch: Option<Mismatch>,
    tries: u32,
    /// How many steps in a row no worker took.
    #[serde(default, skip_serializing_if = "is_zero")]
    unserved: u32,
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

impl Submission {
    /// An operation in its first run, before anything was sent.
    pub fn new(asked: Asked, promises: Promises, first_run_id: &str, now: Timestamp) -> Submission {
        Submission {
            asked,
            promises,
            has_fallback: false,
            may_be_elsewhere: false,
            opened_at: now,
            knowledge: Knowledge::NotSent,
            run_id: first_run_id.to_owned(),
            begun: false,
            started_at: now,
            open_since: None,
            left_open_before: false,
            partner_payment_id: None,
            trouble: None,
            mismatch: None,
            tries: 0,
            unserved: 0,
            next_try: now,
        }
    }

    /// Says when the first run started, where this is not it.
    pub fn with_start(self, started_at: Timestamp) -> Submission {
        Submission { started_at, ..self }
    }

    /// Says whether another account may take it over.
    pub fn with_fallback(self, has_fallback: bool) -> Submission {
        Submission {
            has_fallback,
            ..self
        }
    }

    /// Begins again on other terms: nothing was ever sent on the earlier ones in this run. A run that
    /// was reset may be of the time before another one sent there.
    pub fn start_over(&mut self, promises: Promises, now: Timestamp) {
        self.promises = promises;
        self.partner_payment_id = None;
        self.trouble = None;
        self.tries = 0;
        self.next_try = now;
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

    /// The run in which all this is known, where the partner's own id is needed to ask.
    pub(crate) fn known_in(&self) -> Option<&str> {
        let by_id = self.promises.asked_by == AskedBy::PartnerPaymentId;
        by_id.then_some(&self.run_id)
    }

    /// Whether this is all that run `run_id` can know: the knowledge is its own, or an end. Another
    /// run's refusal is not such an end: a run between the two may have submitted again.
    pub fn is_known_in(&self, run_id: &str) -> bool {
        let is_end = match self.final_state() {
            Some(FinalState::Rejected { .. }) | None => false,
            Some(_) => true,
        };
        is_end || self.run_id == run_id
    }

    /// Whether an earlier run may have passed it to another account, which is not asked.
    pub fn may_be_elsewhere(&self) -> bool {
        self.may_be_elsewhere
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

    /// When the operation began.
    pub fn opened_at(&self) -> Timestamp {
        self.opened_at
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
            Knowledge::Open { since, .. } => Some(after(since, self.proof_delay(schedule))),
            Knowledge::Acknowledged { since } => Some(after(since, self.promises.hidden_for())),
            Knowledge::NotSent | Knowledge::Final(_) => None,
        }
    }

    /// Whether "not found", late enough, proves that nothing was accepted.
    pub fn can_prove_absence(&self) -> bool {
        matches!(self.promises.while_open(), WhileOpen::ProveAbsence(_))
    }

    fn proof_delay(&self, schedule: &Schedule) -> Duration {
        schedule.proof_delay(self.promises.hidden_for())
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
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}
