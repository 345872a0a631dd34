//! What an operator is told: what is at stake, why a person is needed, and what may be done about it.
//! Pure code over what is known.

mod advice;
mod consequence;

use serde::{Deserialize, Serialize};

use crate::operation::Operation;
use crate::partner_word::Kind;
use crate::submission::Settled;

pub use advice::{Action, Advice, Naming};
pub(crate) use advice::{Offer, advice, offers};

/// What is at stake.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Stake {
    /// Nothing was sent, or what was sent is proven not to have arrived.
    NothingSent,
    /// A submission was sent, and its outcome is open.
    OutcomeOpen,
    /// The rider was charged, and billing has not recorded it.
    MoneyTakenNotBilled,
    /// The partner has the reversal, and has not confirmed it as it was asked for.
    MoneyReturnedNotConfirmed,
    /// The books agree.
    Agreed,
    /// An operator's word closed it.
    ClosedByHand,
}

/// Why an operator should look at an operation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Attention {
    /// Something that time does not mend.
    Trouble(String),
    /// It takes too long. What holds it up, the last step has said, if anything.
    Overdue(String),
}

impl Stake {
    /// For a summary or a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Stake::NothingSent => "nothing sent",
            Stake::OutcomeOpen => "sent, outcome open",
            Stake::MoneyTakenNotBilled => "money taken, not billed",
            Stake::MoneyReturnedNotConfirmed => "reversal accepted, not confirmed",
            Stake::Agreed => "agreed",
            Stake::ClosedByHand => "closed by an operator's word",
        }
    }
}

impl Attention {
    /// In words, with what the last step has said.
    pub fn words(self, last_error: Option<String>) -> String {
        match (self, last_error) {
            (Attention::Trouble(reason), _) | (Attention::Overdue(reason), None) => reason,
            // It was said before, and no step since.
            (Attention::Overdue(reason), Some(cause)) if cause.ends_with(&reason) => cause,
            (Attention::Overdue(reason), Some(cause)) => format!("{cause}; {reason}"),
        }
    }
}

/// What is at stake in an operation.
pub(crate) fn stake(operation: &Operation) -> Stake {
    let submission = &operation.submission;
    let reversal = submission.asked().kind == Kind::PaymentReversal;
    let by_hand = operation.by_hand.is_some();
    match submission.settled() {
        Some(Settled::Completed(_)) if !reversal && !operation.is_billed() => {
            Stake::MoneyTakenNotBilled
        }
        Some(_) if by_hand => Stake::ClosedByHand,
        Some(_) => Stake::Agreed,
        None if submission.is_clear() => Stake::NothingSent,
        None if submission.was_shown() && reversal => Stake::MoneyReturnedNotConfirmed,
        None => Stake::OutcomeOpen,
    }
}

#[cfg(test)]
mod tests;
