use jiff::Timestamp;
use rstest::rstest;

use super::*;
use crate::contract::advice::Stake;
use crate::contract::kind::Kind;
use crate::operation::billing::Billing;
use crate::operation::denial::Denial;
use crate::operation::partner_report::{
    BillingReport, OperationState, Reported, StatusReport, SubmissionReport,
};
use crate::operation::schedule::at;
use crate::operation::stake::stake;
use crate::operation::terms::Terms;
use crate::operation::verdict::Confirmation;

mod listing;

fn operation(kind: Kind) -> Operation {
    Operation::in_tests(kind, Terms::in_tests(), at(0))
}

fn shown(kind: Kind, status: &str, amount: &str, id: &str) -> StatusReport {
    StatusReport::Shown(OperationState::shown("r", kind, status, amount, id))
}

fn access_denied() -> StatusReport {
    StatusReport::AccessDenied(Denial::by_partner("key_unknown"))
}

/// A question and its answer, as the step `ask` takes them.
fn ask(operation: &mut Operation, report: &StatusReport, second: i64) {
    let schedule = operation.terms.schedule.clone();
    operation.last_answer.asked(report);
    let reported = Reported::new("run-1", report.clone());
    operation
        .submission
        .answered(&reported, at(second), at(second), &schedule);
}

/// A submission and its report, as the step `submit` takes them.
fn submit(operation: &mut Operation, report: &SubmissionReport, second: i64) {
    let schedule = operation.terms.schedule.clone();
    let Operation {
        submission,
        last_answer,
        ..
    } = operation;
    submission.begin(at(second), &schedule);
    last_answer.submitted(report, submission.asked());
    let reported = Reported::new("run-1", report.clone());
    submission.submitted(&reported, at(second), &schedule);
}

fn open() -> SubmissionReport {
    SubmissionReport::Open {
        reason: "reset".into(),
    }
}

/// A payment that the partner completed, with this answer of billing.
fn paid(report: &BillingReport) -> Operation {
    let mut operation = operation(Kind::ExtraPayment);
    let completed = shown(Kind::ExtraPayment, "completed", "1.00", "pp-1");
    ask(&mut operation, &completed, 0);
    let mut billing = Billing::new(at(0));
    billing.answered(report, at(1), &operation.terms.schedule);
    operation.billing = Some(billing);
    operation
}

fn refusal() -> BillingReport {
    BillingReport::Refused {
        reason: "409".into(),
    }
}

/// The resolutions that are listed, with their advice.
fn listed(operation: &Operation, now: Timestamp) -> Vec<(Action, bool)> {
    let advice = advice(operation, now);
    let resolutions = advice.iter().filter(|it| it.action.resolve_as().is_some());
    resolutions.map(|it| (it.action, it.safe)).collect()
}

fn told(operation: &Operation, action: Action, now: Timestamp) -> String {
    let advice = advice(operation, now);
    let advice = advice.into_iter().find(|advice| advice.action == action);
    advice.map_or_else(String::new, |advice| advice.because)
}

const LATE: i64 = 10_000;

#[test]
fn with_nothing_sent_giving_up_is_safe_and_a_completion_is_not_listed() {
    let mut operation = operation(Kind::ExtraPayment);
    let access_denied = SubmissionReport::AccessDenied(Denial::by_partner("key_unknown"));
    submit(&mut operation, &access_denied, 0);
    assert_eq!(stake(&operation), Stake::NothingSent);
    assert_eq!(
        listed(&operation, at(2)),
        [
            (Action::ResolveAsDeclined, true),
            (Action::ResolveAsAbandoned, true)
        ]
    );
}

/// When it is asked before the resolution, it may be put off again.
#[test]
fn while_the_partner_is_not_asked_only_giving_up_is_listed() {
    let mut operation = operation(Kind::ExtraPayment);
    submit(
        &mut operation,
        &SubmissionReport::not_asked("rate_limited", None),
        0,
    );
    let given_up = [(Action::ResolveAsAbandoned, true)];
    assert_eq!(listed(&operation, at(2)), given_up);
    submit(&mut operation, &SubmissionReport::not_sent("HTTP 503"), 3);
    assert_eq!(listed(&operation, at(4)).len(), 2);
}

#[test]
fn where_it_takes_two_operators_each_resolution_says_so() {
    let mut operation = operation(Kind::ExtraPayment);
    operation.terms.two_operators = true;
    for advice in advice(&operation, at(2)) {
        let says_so = advice.because.contains("another operator");
        assert_eq!(says_so, advice.action.resolve_as().is_some(), "{advice:?}");
    }
}

#[test]
fn while_a_submission_may_be_hidden_no_resolution_is_listed_and_after_that_it_is() {
    let mut operation = operation(Kind::ExtraPayment);
    submit(&mut operation, &open(), 0);
    ask(&mut operation, &access_denied(), 1);
    assert_eq!(stake(&operation), Stake::OutcomeOpen);
    let hidden_until = operation
        .submission
        .may_be_hidden_until(&operation.terms.schedule)
        .unwrap();
    let before = hidden_until
        .checked_sub(std::time::Duration::from_nanos(1))
        .unwrap();
    assert_eq!(listed(&operation, before), []);
    assert_eq!(listed(&operation, hidden_until).len(), 3);
    // The same, announced beforehand.
    for offer in offers(&operation, at(1)) {
        let resolution = offer.advice.action.resolve_as().is_some();
        assert_eq!(offer.not_before, resolution.then_some(hidden_until));
    }
}

#[test]
fn another_amount_can_only_be_given_up_and_what_moved_and_what_is_left_to_do_is_told() {
    let mut operation = operation(Kind::ExtraPayment);
    submit(&mut operation, &open(), 0);
    let other = shown(Kind::ExtraPayment, "completed", "1.01", "pp-1");
    ask(&mut operation, &other, 1);
    for second in [2, LATE] {
        assert_eq!(
            listed(&operation, at(second)),
            [(Action::ResolveAsAbandoned, true)]
        );
    }
    assert_eq!(
        told(&operation, Action::ResolveAsAbandoned, at(LATE)),
        "closes it. The partner moved extra payment 1.01 KGS as pp-1, but extra payment 1.00 KGS was asked \
         for. Billing is not told; afterwards, by hand, have the partner give it or the \
         difference back, or record it in billing"
    );
    // No answer after it changes nothing.
    ask(&mut operation, &access_denied(), LATE);
    assert_eq!(
        listed(&operation, at(2 * LATE)),
        [(Action::ResolveAsAbandoned, true)]
    );
}

#[rstest]
#[case::completed("completed", "The partner moved extra payment 1.00 KGS as pp-2")]
#[case::declined(
    "declined",
    "declined extra payment 1.00 KGS as pp-2, so that one moved nothing"
)]
#[case::pending("pending", "still works on extra payment 1.00 KGS as pp-2")]
fn two_operations_of_one_amount_are_told_apart_by_the_partners_id(
    #[case] status: &str,
    #[case] said: &str,
) {
    let kind = Kind::ExtraPayment;
    let mut operation = operation(kind);
    ask(&mut operation, &shown(kind, "pending", "1.00", "pp-1"), 1);
    ask(&mut operation, &shown(kind, status, "1.00", "pp-2"), 2);
    // The result of the first one is unknown.
    assert_eq!(
        listed(&operation, at(LATE)),
        [(Action::ResolveAsAbandoned, false)]
    );
    let words = told(&operation, Action::ResolveAsAbandoned, at(LATE));
    for part in [said, "a second one", "had shown pp-1, which may have moved"] {
        assert!(words.contains(part), "{words}");
    }
}

#[test]
fn what_is_pending_can_be_given_up_by_an_operators_word_alone() {
    for kind in [Kind::ExtraPayment, Kind::PaymentReversal] {
        let mut operation = operation(kind);
        ask(&mut operation, &shown(kind, "pending", "1.00", "pp-1"), 1);
        let expected = match kind {
            Kind::ExtraPayment => Stake::OutcomeOpen,
            Kind::PaymentReversal => Stake::MoneyReturnedNotConfirmed,
        };
        assert_eq!(stake(&operation), expected);
        assert_eq!(
            listed(&operation, at(LATE)),
            [(Action::ResolveAsAbandoned, false)]
        );
        let words = told(&operation, Action::ResolveAsAbandoned, at(LATE));
        assert!(words.contains("last said pending"), "{words}");
    }
}

#[test]
fn a_payment_that_billing_does_not_record_is_closed_by_a_document_made_by_hand() {
    for report in [refusal(), BillingReport::no_answer("503")] {
        let operation = paid(&report);
        assert_eq!(stake(&operation), Stake::MoneyTakenNotBilled);
        assert_eq!(
            listed(&operation, at(LATE)),
            [(Action::ResolveAsCompleted, false)]
        );
        let words = told(&operation, Action::ResolveAsCompleted, at(LATE));
        assert!(words.contains("name it as billing_document_id"), "{words}");
    }
}

#[test]
fn without_the_partners_completed_no_document_made_by_hand_is_suggested() {
    let mut operation = paid(&refusal());
    ask(&mut operation, &access_denied(), 2);
    assert_eq!(listed(&operation, at(LATE)), []);
    let words = told(&operation, Action::Wait, at(LATE));
    assert!(words.contains("no resolution would be accepted"), "{words}");
}

#[test]
fn a_recorded_payment_agrees_and_one_with_a_document_made_by_hand_was_closed_by_hand() {
    let mut operation = paid(&BillingReport::Recorded {
        billing_document_id: "b".into(),
    });
    assert_eq!(stake(&operation), Stake::Agreed);
    operation = paid(&refusal());
    operation.billed_by_hand("b-7".into());
    operation.by_hand = Some(crate::contract::resolution::ByHand {
        resolved_by: "ann".into(),
        approved_by: None,
        resolution_reason: None,
        ticket: None,
    });
    assert_eq!(stake(&operation), Stake::ClosedByHand);
    let final_state = operation.submission.final_state();
    assert!(
        matches!(
            final_state,
            Some(FinalState::Completed(Confirmation { .. }))
        ),
        "{final_state:?}"
    );
}
