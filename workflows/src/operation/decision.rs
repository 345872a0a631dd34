//! What becomes of a resolution once the partner was asked once more. Pure code: the recipe decides
//! by it, and the advice to operators lists what it would accept.

use jiff::Timestamp;

use crate::contract::kind::Kind;
use crate::contract::resolution::{Resolution, ResolutionError, Verdict};
use crate::operation::Operation;
use crate::operation::partner_word::{Confirmation, Word};
use crate::operation::schedule::Schedule;
use crate::operation::submission::{Settled, Submission};

/// How a payment that the partner has completed may be closed by hand.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Billed {
    /// Billing is told once more.
    TellAgain,
    /// Somebody has made this document there by hand.
    ByHand(String),
}

impl Resolution {
    /// Whether it may be said of `operation` at all, before the partner is asked.
    pub(crate) fn check(&self, operation: &Operation) -> Result<(), ResolutionError> {
        if self.billing_document_id.is_some() {
            match (operation.submission.asked().kind, &operation.billing) {
                (Kind::PaymentReversal, _) => return Err(ResolutionError::ReversalIsNotBilled),
                (Kind::ExtraPayment, None) => return Err(ResolutionError::NothingToBill),
                (Kind::ExtraPayment, Some(_)) => {}
            }
        }
        self.check_payment_id(&operation.submission)
    }

    /// Whether it names the partner's operation where that is needed, and no other one.
    pub fn check_payment_id(&self, submission: &Submission) -> Result<(), ResolutionError> {
        match (
            submission.partner_payment_id(),
            self.partner_payment_id.as_deref(),
        ) {
            (Some(known), Some(given)) if known != given => Err(ResolutionError::OtherPaymentId {
                known: known.to_owned(),
                given: given.to_owned(),
            }),
            (None, None) if self.verdict == Verdict::Completed => Err(ResolutionError::NoPaymentId),
            _ => Ok(()),
        }
    }

    /// Decides, after the partner gave `word` to the question put at `asked_at`. `submission` has
    /// already learnt that word.
    pub fn decide(
        &self,
        submission: &Submission,
        word: &Word,
        asked_at: Timestamp,
        schedule: &Schedule,
    ) -> Result<Settled, ResolutionError> {
        self.check_payment_id(submission)?;
        if let Some(settled) = submission.settled() {
            self.agrees_with(settled)?;
            return Ok(settled.clone());
        }
        // Silence takes nothing back: what the partner last showed was something else.
        if let (Word::Silent(_) | Word::Barred(_), Some(mismatch)) = (word, submission.mismatch()) {
            return self.decide_against(submission, &mismatch.to_string(), asked_at);
        }
        match word {
            Word::Completed(_) | Word::Declined { .. } => differs("a final word"),
            Word::Pending { .. } => self.decide_against(submission, "PENDING", asked_at),
            Word::Contradicts(mismatch) => {
                self.decide_against(submission, &mismatch.to_string(), asked_at)
            }
            Word::Absent if self.verdict == Verdict::Completed => differs("request_not_found"),
            Word::Absent | Word::Silent(_) | Word::Barred(_) => {
                let hidden_until = submission.may_be_hidden_until(schedule);
                match hidden_until {
                    Some(until) if asked_at < until => Err(ResolutionError::MayBeHidden(until)),
                    // One more "not found" would clear it; until then it is open.
                    Some(_) if *word == Word::Absent && !submission.was_shown() => {
                        Err(ResolutionError::NotProvenAbsent)
                    }
                    None if self.verdict == Verdict::Completed => Err(ResolutionError::NothingSent),
                    _ => Ok(self.settled(submission, asked_at)),
                }
            }
        }
    }

    /// Decides on a payment that stands completed, after the partner gave `word`.
    pub(crate) fn decide_completed(&self, word: &Word) -> Result<Billed, ResolutionError> {
        match word {
            Word::Declined { .. } => return differs("DECLINED, after COMPLETED"),
            Word::Contradicts(mismatch) => return differs(&mismatch.to_string()),
            _ if self.verdict != Verdict::Completed => return differs("COMPLETED"),
            _ => {}
        }
        match (&self.billing_document_id, word) {
            (None, _) => Ok(Billed::TellAgain),
            (Some(document_id), Word::Completed(_)) => Ok(Billed::ByHand(document_id.clone())),
            (Some(_), word) => Err(ResolutionError::NotConfirmed(word.to_string())),
        }
    }

    /// Whether this is the end that the operation has.
    pub(crate) fn agrees_with(&self, settled: &Settled) -> Result<(), ResolutionError> {
        match (settled, self.verdict) {
            (Settled::Completed(_), Verdict::Completed)
            | (Settled::Declined { .. }, Verdict::Declined)
            | (Settled::Abandoned { .. }, Verdict::Abandoned) => Ok(()),
            (Settled::Completed(_), _) => differs("COMPLETED"),
            (Settled::Declined { .. }, _) => differs("DECLINED"),
            (Settled::Rejected { .. }, _) => differs("refused"),
            (Settled::Abandoned { .. }, _) => Err(ResolutionError::ClosedOtherwise(
                Verdict::Abandoned.as_str(),
            )),
        }
    }

    /// The partner's `word` is neither end, so an operator may give up the wait, knowingly, and no
    /// more.
    fn decide_against(
        &self,
        submission: &Submission,
        word: &str,
        asked_at: Timestamp,
    ) -> Result<Settled, ResolutionError> {
        match self.verdict {
            Verdict::Abandoned => Ok(self.settled(submission, asked_at)),
            Verdict::Completed | Verdict::Declined => differs(word),
        }
    }

    fn settled(&self, submission: &Submission, at: Timestamp) -> Settled {
        let known = submission.partner_payment_id().map(str::to_owned);
        let partner_payment_id = known.or_else(|| self.partner_payment_id.clone());
        match self.verdict {
            Verdict::Completed => Settled::Completed(Confirmation {
                partner_payment_id: partner_payment_id.unwrap_or_default(),
                at,
            }),
            Verdict::Declined => Settled::Declined {
                code: "unspecified".to_owned(),
                partner_payment_id,
                at,
            },
            Verdict::Abandoned => Settled::Abandoned {
                partner_payment_id,
                at,
            },
        }
    }
}

fn differs<T>(word: &str) -> Result<T, ResolutionError> {
    Err(ResolutionError::PartnerDiffers(word.to_owned()))
}

#[cfg(test)]
mod tests;
