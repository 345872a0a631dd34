//! What is at stake in an operation, according to what is known of it.

use crate::contract::advice::Stake;
use crate::contract::kind::Kind;
use crate::operation::Operation;
use crate::operation::submission::FinalState;

/// What is at stake in an operation.
pub(crate) fn stake(operation: &Operation) -> Stake {
    let submission = &operation.submission;
    let reversal = submission.asked().kind == Kind::PaymentReversal;
    let by_hand = operation.by_hand.is_some();
    match submission.final_state() {
        Some(FinalState::Completed(_)) if !reversal && !operation.is_billed() => {
            Stake::MoneyTakenNotBilled
        }
        Some(_) if by_hand => Stake::ClosedByHand,
        Some(_) => Stake::Agreed,
        None if submission.nothing_sent() => Stake::NothingSent,
        None if submission.was_shown() && reversal => Stake::MoneyReturnedNotConfirmed,
        None => Stake::OutcomeOpen,
    }
}
