use std::time::Duration;

use super::*;
use crate::contract::kind::Kind;
use crate::operation::denial::Denial;
use crate::operation::partner_report::{OperationState, Reported, StatusReport, SubmissionReport};
use crate::operation::schedule::{Schedule, at};
use crate::operation::submission::FinalState;
use crate::operation::terms::Terms;

mod documents;

fn resolution(resolve_as: ResolveAs, partner_payment_id: Option<&str>) -> Resolution {
    Resolution {
        resolve_as,
        operator: "ann".to_owned(),
        reason: "told by telephone".to_owned(),
        ticket: Some("OPS-7".to_owned()),
        partner_payment_id: partner_payment_id.map(str::to_owned),
        billing_document_id: None,
    }
}

fn submission() -> Submission {
    Operation::in_tests(Kind::ExtraPayment, Terms::in_tests(), at(0)).submission
}

/// A submission that was sent and never answered.
fn open() -> Submission {
    let mut submission = submission();
    submission.begin(at(0), &Schedule::default());
    let reset = SubmissionReport::Open {
        reason: "reset".into(),
    };
    submission.submitted(&Reported::new("run-1", reset), at(0), &Schedule::default());
    submission
}

fn shown(status: &str, amount: &str) -> StatusReport {
    let state = OperationState::shown("r", Kind::ExtraPayment, status, amount, "pp");
    StatusReport::Shown(state)
}

/// The decision after the partner gave this answer `second` seconds in.
fn decided(
    mut submission: Submission,
    report: &StatusReport,
    second: i64,
    resolution: &Resolution,
) -> Result<FinalState, ResolutionError> {
    let schedule = Schedule::default();
    let verdict = submission.answered(
        &Reported::new("run-1", report.clone()),
        at(second),
        at(second),
        &schedule,
    );
    resolution.decide(&submission, &verdict, at(second), &schedule)
}

fn silence() -> StatusReport {
    StatusReport::no_answer("no connection")
}

/// Later than the time during which the partner may hide what it has.
const LATE: i64 = 1000;

#[test]
fn a_final_word_of_the_partners_stands_against_every_other_one() {
    for (status, agreeing) in [
        ("completed", ResolveAs::Completed),
        ("declined", ResolveAs::Declined),
    ] {
        for resolve_as in ResolveAs::ALL {
            let decision = decided(
                open(),
                &shown(status, "1.00"),
                LATE,
                &resolution(resolve_as, Some("pp")),
            );
            assert_eq!(
                decision.is_ok(),
                resolve_as == agreeing,
                "{status}, {resolve_as:?}"
            );
        }
    }
}

/// The partner might say otherwise; and after a reset, all that is known may be older than what the run
/// before sent last.
#[test]
fn nobody_says_what_happened_to_the_money_while_the_partner_was_not_asked() {
    for not_asked in [
        StatusReport::not_asked("lost", Some(Duration::from_secs(30))),
        StatusReport::AccessDenied(Denial::by_configuration("lost")),
    ] {
        let decided = |resolve_as| {
            let resolution = resolution(resolve_as, Some("pp"));
            decided(open(), &not_asked, LATE, &resolution)
        };
        for resolve_as in [ResolveAs::Declined, ResolveAs::Completed] {
            let refusal = ResolutionError::NotAsked("lost".into());
            assert_eq!(decided(resolve_as), Err(refusal), "{resolve_as:?}");
        }
        assert!(decided(ResolveAs::Abandoned).is_ok());
    }
}

#[test]
fn what_is_pending_or_contradicts_can_only_be_given_up() {
    for report in [shown("pending", "1.00"), shown("completed", "2.00")] {
        for resolve_as in [ResolveAs::Completed, ResolveAs::Declined] {
            let decision = decided(open(), &report, LATE, &resolution(resolve_as, Some("pp")));
            assert!(
                matches!(decision, Err(ResolutionError::PartnerDiffers(_))),
                "{resolve_as:?}: {decision:?}"
            );
        }
        let given_up = decided(
            open(),
            &report,
            LATE,
            &resolution(ResolveAs::Abandoned, None),
        );
        assert!(
            matches!(given_up, Ok(FinalState::Abandoned { .. })),
            "{given_up:?}"
        );
    }
}

/// No answer, or denied access, does not take back what was shown.
#[test]
fn after_another_amount_a_silent_partners_operation_can_only_be_given_up() {
    let schedule = Schedule::default();
    let access_denied = StatusReport::AccessDenied(Denial::by_partner("key_unknown"));
    for report in [silence(), access_denied] {
        let mut other = open();
        for (second, report) in [(1, shown("completed", "2.00")), (2, report.clone())] {
            let reported = Reported::new("run-1", report);
            other.answered(&reported, at(second), at(second), &schedule);
        }
        for resolve_as in ResolveAs::ALL {
            let resolution = resolution(resolve_as, Some("pp"));
            let decision = decided(other.clone(), &report, LATE, &resolution);
            assert_eq!(
                decision.is_ok(),
                resolve_as == ResolveAs::Abandoned,
                "{resolve_as:?} after {report:?}: {decision:?}"
            );
        }
    }
}

#[test]
fn with_a_silent_partner_a_word_counts_once_nothing_can_be_hidden() {
    for resolve_as in ResolveAs::ALL {
        let resolution = resolution(resolve_as, Some("pp-1"));
        let early = decided(open(), &silence(), 10, &resolution);
        assert!(
            matches!(early, Err(ResolutionError::MayBeHidden(_))),
            "{resolve_as:?}: {early:?}"
        );
        assert!(
            decided(open(), &silence(), LATE, &resolution).is_ok(),
            "{resolve_as:?}"
        );
    }
}

#[test]
fn one_not_found_proves_nothing_and_never_a_completion() {
    let given_up = decided(
        open(),
        &StatusReport::NotFound,
        LATE,
        &resolution(ResolveAs::Abandoned, None),
    );
    assert_eq!(given_up, Err(ResolutionError::NotProvenAbsent));
    let completed = resolution(ResolveAs::Completed, Some("pp"));
    let completed = decided(open(), &StatusReport::NotFound, LATE, &completed);
    assert!(
        matches!(completed, Err(ResolutionError::PartnerDiffers(_))),
        "{completed:?}"
    );
}

#[test]
fn what_was_never_sent_has_not_completed() {
    let completed = resolution(ResolveAs::Completed, Some("pp"));
    assert_eq!(
        decided(submission(), &silence(), LATE, &completed),
        Err(ResolutionError::NothingSent)
    );
    let declined = resolution(ResolveAs::Declined, None);
    assert!(decided(submission(), &silence(), LATE, &declined).is_ok());
}

#[test]
fn a_completion_names_the_partners_operation_and_no_other() {
    let unnamed = resolution(ResolveAs::Completed, None);
    assert_eq!(
        unnamed.check_payment_id(&open()),
        Err(ResolutionError::NoPaymentId)
    );
    let mut acknowledged = open();
    acknowledged.answered(
        &Reported::new("run-1", shown("pending", "1.00")),
        at(1),
        at(1),
        &Schedule::default(),
    );
    assert_eq!(unnamed.check_payment_id(&acknowledged), Ok(()));
    let other = resolution(ResolveAs::Completed, Some("pp-other")).check_payment_id(&acknowledged);
    assert!(
        matches!(other, Err(ResolutionError::OtherPaymentId { .. })),
        "{other:?}"
    );
}

#[test]
fn the_result_tells_who_and_why() {
    let by_hand = resolution(ResolveAs::Abandoned, None).by_hand(Some("ben".to_owned()));
    assert_eq!(
        serde_json::to_value(by_hand).unwrap(),
        serde_json::json!({
            "resolved_by": "ann", "approved_by": "ben",
            "resolution_reason": "told by telephone", "ticket": "OPS-7",
        })
    );
}
