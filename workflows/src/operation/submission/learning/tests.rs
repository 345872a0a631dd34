use std::time::Duration;

use super::*;
use crate::contract::cause::Cause;
use crate::contract::kind::Kind;
use crate::contract::promises::Promises;
use crate::operation::Operation;
use crate::operation::attention::Attention;
use crate::operation::denial::Denial;
use crate::operation::partner_report::OperationState;
use crate::operation::schedule::at;
use crate::operation::terms::Terms;

const MINUTE: i64 = 60;

/// An operation whose first submission may have been executed, at a partner that drops repeats.
fn open() -> Submission {
    let promises = Promises {
        drops_repeats_for: Some(Duration::from_hours(24)),
        ..Promises::default()
    };
    let terms = Terms {
        promises,
        ..Terms::in_tests()
    };
    let mut submission = Operation::in_tests(Kind::PaymentReversal, terms, at(0)).submission;
    submission.begin(at(0), &Schedule::default());
    submission.lost(at(1), &Schedule::default());
    submission
}

fn repeat(submission: &mut Submission, report: &SubmissionReport, second: i64) {
    submission.begin(at(second), &Schedule::default());
    let reported = Reported::new("run-1", report.clone());
    submission.submitted(&reported, at(second + 1), &Schedule::default());
}

/// Otherwise what is repeated for a day could not be resolved for a day.
#[test]
fn a_repeat_that_sent_nothing_does_not_make_what_is_open_any_younger() {
    let schedule = Schedule::default();
    let mut submission = open();
    let hidden_until = submission.may_be_hidden_until(&schedule);
    for (report, minute) in [
        (SubmissionReport::not_sent("paused"), 15),
        (
            SubmissionReport::AccessDenied(Denial::by_partner("key_unknown")),
            30,
        ),
        (
            SubmissionReport::Refused {
                code: "charge_disputed".into(),
            },
            45,
        ),
    ] {
        repeat(&mut submission, &report, minute * MINUTE);
        assert_eq!(submission.may_be_hidden_until(&schedule), hidden_until);
    }
    let sent = SubmissionReport::Open {
        reason: "HTTP 500".into(),
    };
    repeat(&mut submission, &sent, 50 * MINUTE);
    let later = submission.may_be_hidden_until(&schedule);
    assert!(later > hidden_until);
    submission.begin(at(55 * MINUTE), &schedule);
    submission.lost(at(56 * MINUTE), &schedule);
    assert!(submission.may_be_hidden_until(&schedule) > later);
}

fn causes(submission: &Submission) -> Option<Cause> {
    match submission.attention(at(2), &Schedule::default()) {
        Some(Attention::Trouble(error)) => Some(error.cause),
        _ => None,
    }
}

#[test]
fn an_account_that_no_worker_served_is_served_once_a_worker_takes_a_step() {
    let (now, schedule) = (at(2), Schedule::default());
    let mut submission = open();
    for expected in [None, Some(Cause::AccountChanged)] {
        submission.not_served(now, &schedule);
        assert_eq!(causes(&submission), expected);
    }
    // A worker is back, and the partner is not.
    submission.served();
    assert_eq!(causes(&submission), None);
}

#[test]
fn what_the_partner_said_holds_also_after_no_worker_served_the_account() {
    let (now, schedule) = (at(2), Schedule::default());
    let mut vanished = open();
    vanished.acknowledged(now);
    vanished.nothing_moved(now, &schedule);
    let mut denied = open();
    let report = SubmissionReport::AccessDenied(Denial::by_partner("key_unknown"));
    repeat(&mut denied, &report, 15 * MINUTE);
    for (mut submission, cause) in [(vanished, Cause::Vanished), (denied, Cause::AccessDenied)] {
        assert_eq!(causes(&submission), Some(cause));
        for _ in 0..UNSERVED_THAT_COUNT {
            submission.not_served(now, &schedule);
        }
        assert_eq!(causes(&submission), Some(Cause::AccountChanged));
        submission.served();
        assert_eq!(causes(&submission), Some(cause));
    }
}

#[test]
fn both_amounts_are_told_while_no_worker_serves_the_account() {
    let (now, schedule) = (at(2), Schedule::default());
    let mut submission = open();
    let kind = Kind::PaymentReversal;
    let state = OperationState::shown("r", kind, "completed", "2.00", "pp");
    let reported = Reported::new("run-1", StatusReport::Shown(state));
    submission.answered(&reported, now, now, &schedule);
    for _ in 0..UNSERVED_THAT_COUNT {
        submission.not_served(now, &schedule);
    }
    let Some(Attention::Trouble(error)) = submission.attention(now, &schedule) else {
        panic!("it needs attention")
    };
    assert!(
        error.words.contains("the partner says 2.00 KGS"),
        "{error:?}"
    );
}
