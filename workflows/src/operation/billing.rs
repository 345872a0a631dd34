//! What is known of billing's record of a completed extra payment. Pure code, like `submission.rs`.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::contract::cause::{Cause, LastError};
use crate::operation::attention::Attention;
use crate::operation::partner_report::BillingReport;
use crate::operation::schedule::{Schedule, after};

/// A completed payment that is being recorded by billing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Billing {
    opened_at: Timestamp,
    document_id: Option<String>,
    refusal: Option<String>,
    tries: u32,
    next_try: Timestamp,
}

/// What may be done next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum BillingStep {
    /// Tell billing, under the same key as before.
    Record,
    /// Nothing before that time.
    WaitUntil(Timestamp),
    /// Billing has it, under this document id.
    Done(String),
}

impl Billing {
    /// Whether billing was not told yet.
    pub(crate) fn is_first_try(&self) -> bool {
        self.tries == 0
    }

    /// A payment that billing has not been told about yet.
    pub fn new(now: Timestamp) -> Billing {
        Billing {
            opened_at: now,
            document_id: None,
            refusal: None,
            tries: 0,
            next_try: now,
        }
    }

    /// What may be done at `now`. If a callback or an operator has `woken` it, billing is told at
    /// once.
    pub fn step(&self, now: Timestamp, woken: bool, schedule: &Schedule) -> BillingStep {
        match &self.document_id {
            Some(document_id) => BillingStep::Done(document_id.clone()),
            None if woken || now >= self.next_try => BillingStep::Record,
            None => BillingStep::WaitUntil(match self.attention(now, schedule) {
                Some(_) => self.next_try,
                None => self.next_try.min(self.deadline(schedule)),
            }),
        }
    }

    /// Why an operator should look at it now, if there is a reason.
    pub fn attention(&self, now: Timestamp, schedule: &Schedule) -> Option<Attention> {
        match (&self.document_id, &self.refusal) {
            (Some(_), _) => None,
            (None, Some(reason)) => {
                let words = format!("paid, and billing refuses: {reason}");
                Some(Attention::Trouble(LastError::new(
                    Cause::BillingRefuses,
                    words,
                )))
            }
            (None, None) if now >= self.deadline(schedule) => {
                let waited = schedule.needs_attention_after;
                let words = format!("paid, and not billed {waited:?} after that");
                Some(Attention::Overdue(words))
            }
            (None, None) => None,
        }
    }

    /// The id of billing's record, once there is one.
    pub fn document_id(&self) -> Option<&str> {
        self.document_id.as_deref()
    }

    /// When the next attempt is made by itself.
    pub fn next_try(&self) -> Timestamp {
        self.next_try
    }

    /// Notes billing's answer, or that there was none.
    pub fn answered(&mut self, report: &BillingReport, now: Timestamp, schedule: &Schedule) {
        let retry_after = match report {
            BillingReport::Recorded {
                billing_document_id,
            } => {
                self.document_id = Some(billing_document_id.clone());
                return;
            }
            BillingReport::Refused { reason } => {
                self.refusal = Some(reason.clone());
                Duration::ZERO
            }
            BillingReport::NoAnswer { retry_after, .. } => retry_after.unwrap_or_default(),
        };
        let pause = match self.attention(now, schedule) {
            Some(_) => schedule.attention_check,
            None => schedule.pause(self.tries),
        };
        self.tries = self.tries.saturating_add(1);
        self.next_try = after(now, pause.max(schedule.obeyed(retry_after)));
    }

    /// Notes that somebody has created this document by hand, so billing is not told again.
    pub(crate) fn recorded_by_hand(&mut self, document_id: String) {
        self.document_id = Some(document_id);
    }

    /// When it starts to need attention if it is still open.
    pub(crate) fn deadline(&self, schedule: &Schedule) -> Timestamp {
        after(self.opened_at, schedule.needs_attention_after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::schedule::at;

    #[test]
    fn billing_is_told_until_it_has_recorded_the_payment() {
        let schedule = Schedule::default();
        let mut billing = Billing::new(at(0));
        assert_eq!(billing.step(at(0), false, &schedule), BillingStep::Record);
        billing.answered(&BillingReport::no_answer("503"), at(1), &schedule);
        assert_eq!(
            billing.step(at(2), false, &schedule),
            BillingStep::WaitUntil(at(16))
        );
        assert_eq!(billing.step(at(2), true, &schedule), BillingStep::Record);
        let recorded = BillingReport::Recorded {
            billing_document_id: "b-1".into(),
        };
        billing.answered(&recorded, at(16), &schedule);
        assert_eq!(
            billing.step(at(16), true, &schedule),
            BillingStep::Done("b-1".into())
        );
    }

    #[test]
    fn a_refusal_and_a_long_silence_need_attention_and_are_tried_on_slowly() {
        let schedule = Schedule::default();
        let mut billing = Billing::new(at(0));
        billing.answered(
            &BillingReport::Refused {
                reason: "409".into(),
            },
            at(1),
            &schedule,
        );
        let refused = LastError::new(Cause::BillingRefuses, "paid, and billing refuses: 409");
        assert_eq!(
            billing.attention(at(1), &schedule),
            Some(Attention::Trouble(refused))
        );
        assert_eq!(
            billing.step(at(2), false, &schedule),
            BillingStep::WaitUntil(at(901))
        );

        let mut billing = Billing::new(at(0));
        billing.answered(&BillingReport::no_answer("503"), at(7_199), &schedule);
        assert_eq!(billing.attention(at(7_199), &schedule), None);
        assert_eq!(
            billing.step(at(7_199), false, &schedule),
            BillingStep::WaitUntil(at(7_200))
        );
        assert!(billing.attention(at(7_200), &schedule).is_some());
    }
}
