//! The decision on a resolution after the partner was asked once more. Pure code: the recipe
//! decides with it, and the advice to operators lists what it would accept.

use jiff::Timestamp;

use crate::contract::kind::Kind;
use crate::contract::resolution::{Resolution, ResolutionError, ResolveAs};
use crate::operation::Operation;
use crate::operation::denial::{Denial, DeniedBy};
use crate::operation::schedule::Schedule;
use crate::operation::submission::{FinalState, Submission};
use crate::operation::verdict::{Confirmation, Verdict};

/// How a payment that the partner has completed may be closed by hand.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Billed {
    /// Billing is told once more.
    TellAgain,
    /// Somebody has created this document there by hand.
    ByHand(String),
}

impl Resolution {
    /// Checks whether it can apply to `operation` at all, before the partner is asked.
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

    /// Checks that it names the partner's operation if that is needed, and no other operation.
    pub fn check_payment_id(&self, submission: &Submission) -> Result<(), ResolutionError> {
        match (
            submission.partner_payment_id(),
            self.partner_payment_id.as_deref(),
        ) {
            (Some(known), Some(given)) if known != given => Err(ResolutionError::OtherPaymentId {
                known: known.to_owned(),
                given: given.to_owned(),
            }),
            (None, None) if self.resolve_as == ResolveAs::Completed => {
                Err(ResolutionError::NoPaymentId)
            }
            _ => Ok(()),
        }
    }

    /// Decides after the partner's answer `verdict` to the question of `asked_at`. `submission` has
    /// already learnt from that answer.
    pub fn decide(
        &self,
        submission: &Submission,
        verdict: &Verdict,
        asked_at: Timestamp,
        schedule: &Schedule,
    ) -> Result<FinalState, ResolutionError> {
        self.check_payment_id(submission)?;
        if let Some(final_state) = submission.final_state() {
            self.agrees_with(final_state)?;
            return Ok(final_state.clone());
        }
        // No answer takes nothing back: what the partner last showed was something else.
        if let (
            Verdict::NoAnswer(_) | Verdict::NotAsked(_) | Verdict::AccessDenied(_),
            Some(mismatch),
        ) = (verdict, submission.mismatch())
        {
            return self.decide_against(submission, &mismatch.to_string(), asked_at);
        }
        match verdict {
            // It may say otherwise when it is asked; and in a run that was reset, all that is known may be
            // older than what the run before did.
            Verdict::NotAsked(reason)
            | Verdict::AccessDenied(Denial {
                by: DeniedBy::Configuration,
                reason,
            }) if self.resolve_as != ResolveAs::Abandoned => {
                Err(ResolutionError::NotAsked(reason.clone()))
            }
            Verdict::Completed(_) | Verdict::Declined { .. } => differs("a final status"),
            Verdict::Pending { .. } => self.decide_against(submission, "pending", asked_at),
            Verdict::Contradicts(mismatch) => {
                self.decide_against(submission, &mismatch.to_string(), asked_at)
            }
            Verdict::NotFound if self.resolve_as == ResolveAs::Completed => differs("not found"),
            _ if self.resolve_as == ResolveAs::Declined
                && submission.may_be_elsewhere()
                && !submission.was_shown() =>
            {
                Err(ResolutionError::MayBeElsewhere)
            }
            Verdict::NotFound
            | Verdict::NoAnswer(_)
            | Verdict::NotAsked(_)
            | Verdict::AccessDenied(_) => {
                let hidden_until = submission.may_be_hidden_until(schedule);
                match hidden_until {
                    Some(until) if asked_at < until => Err(ResolutionError::MayBeHidden(until)),
                    // One more "not found" would clear it; until then it is open.
                    Some(_)
                        if *verdict == Verdict::NotFound
                            && !submission.was_shown()
                            && submission.can_prove_absence() =>
                    {
                        Err(ResolutionError::NotProvenAbsent)
                    }
                    None if self.resolve_as == ResolveAs::Completed => {
                        Err(ResolutionError::NothingSent)
                    }
                    _ => Ok(self.final_state(submission, asked_at)),
                }
            }
        }
    }

    /// Decides on a completed payment, after the partner's answer `verdict`.
    pub(crate) fn decide_completed(&self, verdict: &Verdict) -> Result<Billed, ResolutionError> {
        match verdict {
            Verdict::Declined { .. } => return differs("declined, after completed"),
            Verdict::Contradicts(mismatch) => return differs(&mismatch.to_string()),
            _ if self.resolve_as != ResolveAs::Completed => return differs("completed"),
            _ => {}
        }
        match (&self.billing_document_id, verdict) {
            (None, _) => Ok(Billed::TellAgain),
            (Some(document_id), Verdict::Completed(_)) => Ok(Billed::ByHand(document_id.clone())),
            (Some(_), verdict) => Err(ResolutionError::NotConfirmed(verdict.to_string())),
        }
    }

    /// Whether the operation has this end.
    pub(crate) fn agrees_with(&self, final_state: &FinalState) -> Result<(), ResolutionError> {
        match (final_state, self.resolve_as) {
            (FinalState::Completed(_), ResolveAs::Completed)
            | (FinalState::Declined { .. }, ResolveAs::Declined)
            | (FinalState::Abandoned { .. }, ResolveAs::Abandoned) => Ok(()),
            (FinalState::Completed(_), _) => differs("completed"),
            (FinalState::Declined { .. }, _) => differs("declined"),
            (FinalState::Rejected { .. }, _) => differs("refused"),
            (FinalState::Abandoned { .. }, _) => Err(ResolutionError::ClosedOtherwise(
                ResolveAs::Abandoned.as_str(),
            )),
        }
    }

    /// The partner's last answer is not an end, so an operator may deliberately give up waiting,
    /// and nothing else.
    fn decide_against(
        &self,
        submission: &Submission,
        verdict: &str,
        asked_at: Timestamp,
    ) -> Result<FinalState, ResolutionError> {
        match self.resolve_as {
            ResolveAs::Abandoned => Ok(self.final_state(submission, asked_at)),
            ResolveAs::Completed | ResolveAs::Declined => differs(verdict),
        }
    }

    fn final_state(&self, submission: &Submission, at: Timestamp) -> FinalState {
        let known = submission.partner_payment_id().map(str::to_owned);
        let partner_payment_id = known.or_else(|| self.partner_payment_id.clone());
        match self.resolve_as {
            ResolveAs::Completed => FinalState::Completed(Confirmation {
                partner_payment_id: partner_payment_id.unwrap_or_default(),
                at,
            }),
            ResolveAs::Declined => FinalState::Declined {
                code: "unspecified".to_owned(),
                partner_payment_id,
                at,
            },
            ResolveAs::Abandoned => FinalState::Abandoned {
                partner_payment_id,
                at,
            },
        }
    }
}

fn differs<T>(verdict: &str) -> Result<T, ResolutionError> {
    Err(ResolutionError::PartnerDiffers(verdict.to_owned()))
}

#[cfg(test)]
mod tests;
