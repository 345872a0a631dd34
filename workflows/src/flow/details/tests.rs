use jiff::Timestamp;

use super::*;
use crate::contract::cause::{Cause, LastError};
use crate::contract::kind::Kind;
use crate::contract::last_report::LastReport;
use crate::contract::money::Money;
use crate::contract::outcome::Ending;
use crate::contract::request::{InvalidRequest, PaymentRequest};
use crate::flow::run::input::Intake;
use crate::operation::denial::Denial;
use crate::operation::partner_report::{
    OperationState, Reported, Shown, StatusReport, SubmissionReport,
};
use crate::operation::schedule::Schedule;
use crate::operation::terms::Terms;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_507_200 + second).unwrap()
}

fn run() -> Run {
    let json = br#"{"request_id":"r-7","order_id":"[o](x)`7","amount":"125.5","currency":"KGS"}"#;
    let terms = Terms {
        merchant: "kg-main".into(),
        ..Terms::in_tests()
    };
    let request = PaymentRequest::parse(json).unwrap();
    let operation = Operation::new(Kind::ExtraPayment, request, terms, "run-1", at(0));
    Run::in_tests(operation)
}

fn pending() -> OperationState {
    OperationState::shown("r-7", Kind::ExtraPayment, "pending", "125.50", "pp-1")
}

fn has(run: &Run, words: &[&str]) {
    has_at(run, at(100), words);
}

fn has_at(run: &Run, written: Timestamp, words: &[&str]) {
    let text = markdown(run, written);
    for words in words {
        assert!(text.contains(words), "{words:?} is not in:\n{text}");
    }
}

#[test]
fn a_waiting_operation_says_what_it_waits_for_and_that_waiting_is_safe() {
    let mut run = run();
    let schedule = Schedule::default();
    run.begin_step(Phase::Submitting, at(0), schedule.activity_timeout(3));
    run.operation_mut().submission.begin(at(0), &schedule);
    has(
        &run,
        &[
            "### It is being submitted right now: it may have arrived",
            "**125.50 KGS**, extra payment for order ``[o](x)`7``, account `kg-main`, request `r-7`",
            "**At stake:** **125.50 KGS**: sent, outcome open",
            "**Last report:** nothing yet",
            "a step is under way; its answer is here by 2026-11-24 08:00:35 UTC, or was lost",
        ],
    );

    let report = SubmissionReport::Answered(pending());
    let submission = &mut run.operation_mut().submission;
    submission.submitted(&Reported::new("run-1", report.clone()), at(1), &schedule);
    run.end_step(LastReport::of_submission(&report, at(1)));
    run.rest(Phase::AwaitingCompletion, at(1));
    has(
        &run,
        &[
            "### The partner has it, or may have it, and has not told the end",
            "**Phase:** `awaiting_completion` since 2026-11-24 08:00:01 UTC",
            "**Last report:** `pending, 125.50 KGS` from the partner at 2026-11-24 08:00:01 UTC",
            "**What happens next:** the partner is asked at 2026-11-24 08:00:16 UTC",
            "still open at 2026-11-24 10:00:00 UTC, it needs an operator's attention",
            "- **Safe**: `check_now`",
            "- **Never**: terminate",
            "- **No need**: reset it",
        ],
    );
}

#[test]
fn one_that_needs_attention_says_why_and_which_actions_are_safe() {
    let mut run = run();
    let schedule = Schedule::default();
    let other = OperationState {
        money: Shown::Ours(Money::parse("2.00", "KGS").unwrap()),
        ..pending()
    };
    let report = StatusReport::Shown(other);
    let operation = run.operation_mut();
    operation.submission.begin(at(0), &schedule);
    operation.last_answer.asked(&report);
    let reported = Reported::new("run-1", report.clone());
    operation
        .submission
        .answered(&reported, at(1), at(2), &schedule);
    run.end_step(LastReport::of_status(&report, at(2)));
    run.rest(Phase::AwaitingCompletion, at(100));
    has(
        &run,
        &[
            "### Needs attention",
            "**Why:** `amount: asked 125.50 KGS, the partner says 2.00 KGS`",
            "**Last report:** `pending, 2.00 KGS` from the partner",
            "- **Safe**: `check_now`: `it asks first",
            "- **Not safe**: `resolve as abandoned`: `closes it while the partner still works on \
             extra payment 2.00 KGS as pp-1 (pending), which may move yet. Billing is not told",
        ],
    );
    assert_eq!(
        line(&run.state(at(100))),
        "needs_attention (sent, outcome open): amount: asked 125.50 KGS, the partner says 2.00 KGS"
    );
}

#[test]
fn past_its_deadline_it_says_once_what_holds_it_up_however_often_it_waits() {
    let mut run = run();
    let schedule = Schedule::default();
    run.operation_mut().submission.begin(at(0), &schedule);
    run.operation_mut().submission.lost(at(0), &schedule);
    let waits = |run: &mut Run, second| {
        run.rest(Phase::AwaitingCompletion, at(second));
        run.state(at(second)).last_error.unwrap()
    };
    let overdue = waits(&mut run, 7_200);
    assert_eq!(overdue.cause, Cause::Overdue);
    let no_answer = LastError::new(Cause::NoAnswer, "no answer: HTTP 503");
    run.last_error = Some(no_answer);
    for second in [7_300, 7_400] {
        let error = waits(&mut run, second);
        assert_eq!(error.cause, Cause::NoAnswer);
        assert_eq!(error.words, format!("no answer: HTTP 503; {overdue}"));
    }
}

/// The partner denies us access, and may still hide what it has.
#[test]
fn what_depends_on_the_time_is_true_whenever_it_is_read() {
    let mut run = run();
    let schedule = Schedule::default();
    let access_denied = StatusReport::AccessDenied(Denial::by_partner("key_unknown"));
    let operation = run.operation_mut();
    operation.submission.begin(at(0), &schedule);
    operation.submission.lost(at(0), &schedule);
    operation.last_answer.asked(&access_denied);
    let reported = Reported::new("run-1", access_denied);
    operation
        .submission
        .answered(&reported, at(1), at(1), &schedule);
    run.rest(Phase::AwaitingCompletion, at(1));
    let until = run.operation().submission.may_be_hidden_until(&schedule);
    let until = until.unwrap();
    let said = format!(
        "- **Refused before {}, not safe after that**: `resolve as abandoned`",
        from_then_on(until)
    );
    has_at(&run, at(1), &[&said]);
    has_at(&run, until, &["- **Not safe**: `resolve as abandoned`"]);
}

#[test]
fn one_that_has_ended_says_how() {
    let mut run = run();
    run.enter(Phase::Closed, at(9));
    run.ending = Some(Ending::Completed);
    has(
        &run,
        &[
            "### Closed: completed",
            "**What happens next:** nothing: it has ended",
            "- **Nothing**",
        ],
    );
    let invalid = InvalidRequest::new("amount", "must not be 0");
    let mut refused = Run::of(Intake::Fresh(Err(invalid.clone())), "run-1");
    refused.enter(Phase::Closed, at(9));
    refused.last_error = Some(LastError::new(Cause::InvalidRequest, invalid.to_string()));
    has(
        &refused,
        &[
            "### Closed before anything was sent",
            "**Why:** `invalid request: amount: must not be 0`",
            "**At stake:** no money: nothing was sent",
        ],
    );
}

#[test]
fn a_reset_run_speaks_of_an_open_outcome_and_offers_no_resolution_until_it_has_asked() {
    let mut run = run();
    let schedule = Schedule::default();
    let access_denied = |run_id| {
        let denial = Denial::by_partner("key_unknown");
        Reported::new(run_id, SubmissionReport::AccessDenied(denial))
    };
    let submission = &mut run.operation_mut().submission;
    submission.begin(at(0), &schedule);
    submission.submitted(&access_denied("run-1"), at(1), &schedule);
    run.rest(Phase::Submitting, at(1));
    let copied = run.state(at(2));
    assert_eq!(copied.at_stake, Some(Stake::NothingSent));
    assert!(run.knows_for_itself().is_ok());

    run.run_id = "run-2".to_owned();
    let state = run.state(at(2));
    assert_eq!(state.at_stake, Some(Stake::OutcomeOpen));
    assert!(state.submitted);
    assert_eq!(state.next_check_at, copied.next_check_at);
    let verdicts = state
        .actions
        .iter()
        .filter_map(|advice| advice.action.resolve_as());
    assert_eq!(verdicts.count(), 0, "{:?}", state.actions);
    assert!(run.knows_for_itself().is_err());
    has(&run, &["outcome open"]);
    assert!(!markdown(&run, at(2)).contains("resolve as"));
}
