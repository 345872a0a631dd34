//! What an operator is told: what is at stake, and what may safely be done about it, and why.
//! Pure code over what is known.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::operation::Operation;
use crate::partner_word::Kind;
use crate::submission::{Settled, Submission};

/// What is at stake.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
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

/// Something that an operator may think of doing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// The update `check_now`.
    CheckNow,
    /// Nothing: it goes on by itself.
    Wait,
    /// The update `resolve` as completed.
    ResolveAsCompleted,
    /// The update `resolve` as declined.
    ResolveAsDeclined,
    /// The update `resolve` as abandoned.
    ResolveAsAbandoned,
}

/// Whether an action is safe now, and why.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Advice {
    /// The action.
    pub action: Action,
    /// Whether it can't lose or double money.
    pub safe: bool,
    /// Why.
    pub because: String,
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

impl Action {
    /// For a list.
    pub fn words(self) -> &'static str {
        match self {
            Action::CheckNow => "check_now",
            Action::Wait => "wait",
            Action::ResolveAsCompleted => "resolve as completed",
            Action::ResolveAsDeclined => "resolve as declined",
            Action::ResolveAsAbandoned => "resolve as abandoned",
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

/// What may be done about an operation at `now`.
pub(crate) fn advice(operation: &Operation, now: Timestamp) -> Vec<Advice> {
    let check = operation.terms.schedule.attention_check;
    let mut advice = vec![
        safe(
            Action::CheckNow,
            "it asks first, and submits only what the partner does not know",
        ),
        safe(
            Action::Wait,
            &format!("it goes on asking by itself, every {check:?}"),
        ),
    ];
    let mut resolutions = match operation.billing {
        Some(_) => resolutions_of_a_paid_operation(),
        None => resolutions(&operation.submission, operation.hidden_until(), now),
    };
    if operation.terms.two_operators {
        for advice in resolutions.iter_mut().filter(|advice| advice.safe) {
            advice.because += "; another operator has to approve it";
        }
    }
    advice.extend(resolutions);
    advice
}

fn resolutions_of_a_paid_operation() -> [Advice; 3] {
    let paid = "the partner says COMPLETED: the money was taken, and would be lost unbilled";
    [
        safe(
            Action::ResolveAsCompleted,
            "the partner confirmed it; billing is told once more",
        ),
        unsafe_now(Action::ResolveAsDeclined, paid),
        unsafe_now(Action::ResolveAsAbandoned, paid),
    ]
}

fn resolutions(
    submission: &Submission,
    hidden_until: Option<Timestamp>,
    now: Timestamp,
) -> [Advice; 3] {
    if let Some(until) = hidden_until.filter(|until| now < *until) {
        let hidden = format!("the partner may not show what it has before {until}");
        return RESOLUTIONS.map(|action| unsafe_now(action, &hidden));
    }
    if submission.is_clear() {
        let nothing = "nothing was sent, or it is proven not to have arrived";
        return [
            unsafe_now(Action::ResolveAsCompleted, nothing),
            safe(Action::ResolveAsDeclined, nothing),
            safe(Action::ResolveAsAbandoned, nothing),
        ];
    }
    let word = match submission.was_shown() {
        true => "the partner has something under this request id: learn its word on it first",
        false => "it may have been executed: learn the partner's word on it first",
    };
    RESOLUTIONS.map(|action| unsafe_now(action, word))
}

const RESOLUTIONS: [Action; 3] = [
    Action::ResolveAsCompleted,
    Action::ResolveAsDeclined,
    Action::ResolveAsAbandoned,
];

fn safe(action: Action, because: &str) -> Advice {
    Advice {
        action,
        safe: true,
        because: because.to_owned(),
    }
}

fn unsafe_now(action: Action, because: &str) -> Advice {
    Advice {
        action,
        safe: false,
        because: because.to_owned(),
    }
}

#[cfg(test)]
mod tests;
