use rstest::rstest;

use super::*;
use crate::contract::kind::Kind;
use crate::contract::request::InvalidRequest;
use crate::contract::resolution::ResolveAs;
use crate::flow::run::input::Intake;
use crate::operation::Operation;
use crate::operation::partner_report::BillingReport;
use crate::operation::schedule::{Schedule, at};
use crate::operation::submission::FinalState;
use crate::operation::terms::Terms;
use crate::operation::verdict::Confirmation;

/// A run whose operation needs attention because the partner denies us access.
fn run(two_operators: bool) -> Run {
    let terms = Terms {
        two_operators,
        ..Terms::in_tests()
    };
    let mut run = Run::in_tests(Operation::in_tests(Kind::ExtraPayment, terms, at(0)));
    run.rest(Phase::AwaitingCompletion, at(1_000_000));
    run
}

fn resolution(json: &str) -> Resolution {
    Resolution::parse(json.as_bytes()).unwrap()
}

fn completed() -> FinalState {
    FinalState::Completed(Confirmation {
        partner_payment_id: "pp".into(),
        at: "2026-11-24T08:00:00Z".parse().unwrap(),
    })
}

const ABANDONED: &str = r#"{"as":"abandoned","operator":"ann","reason":"x"}"#;
const COMPLETED: &str =
    r#"{"as":"completed","operator":"ann","reason":"x","partner_payment_id":"pp"}"#;
const BY_HAND: &str =
    r#"{"as":"completed","operator":"ann","reason":"x","billing_document_id":"b-7"}"#;

#[rstest]
#[case::agrees(COMPLETED, Ok(()))]
#[case::another_end(ABANDONED, Err("the partner says otherwise: completed"))]
#[case::another_document(BY_HAND, Err("billing has recorded it as b-1"))]
fn whoever_waits_when_the_run_closes_is_answered_by_its_end(
    #[case] word: &str,
    #[case] expected: Result<(), &str>,
) {
    let mut run = run(false);
    run.resolve(resolution(word), at(2));
    let operation = run.operation_mut();
    operation.submission.close(completed());
    let mut billing = Billing::new(at(3));
    let recorded = BillingReport::Recorded {
        billing_document_id: "b-1".into(),
    };
    billing.answered(&recorded, at(3), &Schedule::default());
    operation.billing = Some(billing);
    assert!(!run.is_decided());
    run.close(at(4));
    match (run.take_decision().unwrap(), expected) {
        (Ok(()), Ok(())) => {}
        (Err(refusal), Err(words)) => assert!(refusal.to_string().contains(words), "{refusal}"),
        (decision, _) => panic!("{decision:?}"),
    }
    assert!(run.operation().by_hand.is_none(), "it ended without them");
}

#[rstest]
#[case::one(false)]
#[case::two(true)]
fn a_run_that_closes_takes_nothing_up_any_more(#[case] two_operators: bool) {
    let mut run = run(two_operators);
    if two_operators {
        run.resolve(resolution(ABANDONED), at(2));
    }
    run.operation_mut().submission.close(completed());
    run.close(at(3));
    assert_eq!(run.operation().proposal, None);
    let closed = Err(ResolutionError::Phase("closed"));
    assert_eq!(run.may_resolve(&resolution(COMPLETED)), closed);
    assert_eq!(run.may_withdraw(), closed);
    let approval = br#"{"as":"abandoned","proposed_at":"2026-11-24T08:00:00Z","operator":"ben"}"#;
    assert_eq!(run.may_approve(&Approval::parse(approval).unwrap()), closed);
    // An operator who asks for a step does not wait for one either.
    let steps = run.check_now();
    assert!(run.has_done(steps));
}

#[test]
fn a_run_without_an_operation_closes_as_well() {
    let mut run = Run::of(
        Intake::Fresh(Err(InvalidRequest::new("amount", "x"))),
        "run-1",
    );
    run.close(at(1));
    assert_eq!(run.phase, Phase::Closed);
    let steps = run.check_now();
    assert!(run.has_done(steps));
}

#[test]
fn a_document_made_by_hand_is_refused_where_nothing_is_to_be_billed() {
    let mut run = run(false);
    assert_eq!(
        run.may_resolve(&resolution(BY_HAND)),
        Err(ResolutionError::NothingToBill)
    );
    run.operation_mut().submission.close(completed());
    let mut billing = Billing::new(at(0));
    let refused = BillingReport::Refused {
        reason: "409".into(),
    };
    billing.answered(&refused, at(1), &Schedule::default());
    run.operation_mut().billing = Some(billing);
    // The partner's id of the payment is known by then.
    let named = r#"{"as":"completed","operator":"ann","reason":"x","billing_document_id":"b-7",
        "partner_payment_id":"pp"}"#;
    assert_eq!(run.may_resolve(&resolution(named)), Ok(()));
}

#[rstest]
#[case::replaced(false)]
#[case::withdrawn(true)]
fn an_approval_is_for_one_proposal_also_if_another_one_is_made_while_time_stands_still(
    #[case] is_withdrawn: bool,
) {
    let approval = |run: &Run| Approval {
        resolve_as: ResolveAs::Abandoned,
        proposed_at: run.operation().proposal.as_ref().unwrap().proposed_at,
        operator: "ben".to_owned(),
    };
    let mut run = run(true);
    run.resolve(resolution(ABANDONED), at(2));
    let of_the_first = approval(&run);
    assert_eq!(run.may_approve(&of_the_first), Ok(()));
    if is_withdrawn {
        run.withdraw();
    }
    let another = r#"{"as":"abandoned","operator":"ann","reason":"another one"}"#;
    run.resolve(resolution(another), at(2));
    let refusal = run.may_approve(&of_the_first).unwrap_err();
    assert!(
        matches!(refusal, ResolutionError::OtherProposal { .. }),
        "{refusal}"
    );
    assert_eq!(run.may_approve(&approval(&run)), Ok(()));
}
