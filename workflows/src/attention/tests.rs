use super::*;
use crate::billing::Billing;
use crate::partner_report::{BillingReport, Reported, StatusReport, SubmissionReport};
use crate::partner_word::{Confirmation, Kind};
use crate::request::PaymentRequest;
use crate::schedule::Schedule;
use crate::terms::{AccountIdentity, Terms};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

fn operation(kind: Kind) -> Operation {
    let json = br#"{"request_id":"r","order_id":"o","amount":"1","currency":"KGS"}"#;
    let terms = Terms {
        merchant: "m".into(),
        identity: AccountIdentity {
            partner: "sky".into(),
            partner_url: "https://partner.example/".into(),
            merchant_id: "m-1".into(),
        },
        callback_url: "https://gateway.example/".into(),
        schedule: Schedule::default(),
        two_operators: false,
    };
    let request = PaymentRequest::parse(json).unwrap();
    Operation::new(kind, request, terms, "run-1", at(0))
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
    operation.submission.begin(at(0), &Schedule::default());
    operation
        .submission
        .submitted(&Reported::new("run-1", barred), at(1), &Schedule::default());
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
    operation.submission.begin(at(0), &Schedule::default());
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
        at: "2026-11-24T08:00:00Z".parse().unwrap(),
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
        updated_at: "2026-11-24T08:00:00Z".parse().unwrap(),
    });
    let schedule = Schedule::default();
    operation
        .submission
        .answered(&Reported::new("run-1", pending), at(1), at(1), &schedule);
    assert_eq!(stake(&operation), Stake::MoneyReturnedNotConfirmed);
    assert!(!is_safe(&operation, Action::ResolveAsAbandoned, at(100)));
}
