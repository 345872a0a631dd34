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
mod tests {
    use super::*;
    use crate::billing::Billing;
    use crate::partner_report::{BillingReport, StatusReport, SubmissionReport};
    use crate::partner_word::{Confirmation, Kind};
    use crate::request::PaymentRequest;
    use crate::schedule::Schedule;
    use crate::terms::Terms;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + second).unwrap()
    }

    fn operation(kind: Kind) -> Operation {
        let json = br#"{"request_id":"r","order_id":"o","amount":"1","currency":"KGS"}"#;
        let terms = Terms {
            merchant: "m".into(),
            callback_url: "https://gateway.example/".into(),
            schedule: Schedule::default(),
            two_operators: false,
        };
        Operation::new(kind, PaymentRequest::parse(json).unwrap(), terms, at(0))
    }

    fn is_safe(operation: &Operation, action: Action, now: Timestamp) -> bool {
        let advice = advice(operation, now);
        advice
            .iter()
            .find(|advice| advice.action == action)
            .unwrap()
            .safe
    }

    #[test]
    fn with_nothing_sent_giving_up_is_safe_and_claiming_completion_is_not() {
        let mut operation = operation(Kind::ExtraPayment);
        let barred = SubmissionReport::Barred {
            reason: "key_unknown".into(),
        };
        operation.submission.begin(at(0));
        operation
            .submission
            .submitted(&barred, at(1), &Schedule::default());
        assert_eq!(stake(&operation), Stake::NothingSent);
        assert!(is_safe(&operation, Action::ResolveAsAbandoned, at(2)));
        assert!(is_safe(&operation, Action::ResolveAsDeclined, at(2)));
        assert!(!is_safe(&operation, Action::ResolveAsCompleted, at(2)));
    }

    #[test]
    fn where_it_takes_two_operators_the_advice_says_so() {
        let mut operation = operation(Kind::ExtraPayment);
        operation.terms.two_operators = true;
        let advice = advice(&operation, at(2));
        for advice in advice.iter().filter(|it| RESOLUTIONS.contains(&it.action)) {
            let says_so = advice.because.contains("another operator");
            assert_eq!(says_so, advice.safe, "{advice:?}");
        }
    }

    #[test]
    fn while_a_submission_may_be_hidden_no_resolution_is_safe() {
        let mut operation = operation(Kind::ExtraPayment);
        operation.submission.begin(at(0));
        operation.submission.lost(at(10), &Schedule::default());
        assert_eq!(stake(&operation), Stake::OutcomeOpen);
        for action in RESOLUTIONS {
            assert!(!is_safe(&operation, action, at(20)), "{action:?}");
        }
        assert!(is_safe(&operation, Action::CheckNow, at(20)));
        assert!(is_safe(&operation, Action::Wait, at(20)));
    }

    #[test]
    fn a_paid_and_unbilled_payment_may_only_be_confirmed() {
        let mut operation = operation(Kind::ExtraPayment);
        let confirmation = Confirmation {
            partner_payment_id: "pp".into(),
            at: "2026-11-24T08:00:00Z".into(),
        };
        operation.submission.close(Settled::Completed(confirmation));
        operation.billing = Some(Billing::new(at(0)));
        assert_eq!(stake(&operation), Stake::MoneyTakenNotBilled);
        assert!(is_safe(&operation, Action::ResolveAsCompleted, at(1)));
        assert!(!is_safe(&operation, Action::ResolveAsAbandoned, at(1)));
        let recorded = BillingReport::Recorded {
            billing_document_id: "b".into(),
        };
        let schedule = Schedule::default();
        operation
            .billing
            .as_mut()
            .unwrap()
            .answered(&recorded, at(2), &schedule);
        assert_eq!(stake(&operation), Stake::Agreed);
    }

    #[test]
    fn a_reversal_that_the_partner_has_is_money_returned_and_not_confirmed() {
        let mut operation = operation(Kind::PaymentReversal);
        let pending = StatusReport::Shown(crate::partner_report::OperationState {
            request_id: "r".into(),
            kind: "REVERSAL".into(),
            status: "PENDING".into(),
            decline_code: None,
            amount: "1.00".into(),
            currency: "KGS".into(),
            partner_payment_id: "pp".into(),
            updated_at: "2026-11-24T08:00:00Z".into(),
        });
        let schedule = Schedule::default();
        operation
            .submission
            .answered(&pending, at(1), at(1), &schedule);
        assert_eq!(stake(&operation), Stake::MoneyReturnedNotConfirmed);
        assert!(!is_safe(&operation, Action::ResolveAsAbandoned, at(100)));
    }
}
