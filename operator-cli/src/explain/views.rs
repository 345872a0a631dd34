//! Explanations, as an operator reads them.

use payments_client::WorkflowExecutionStatus::{Canceled, Completed, Failed, Terminated, TimedOut};
use payments_client::{Error, NoOutcome, PausedStep, Place};
use workflows::contract::request::InvalidRequest;
use workflows::contract::state::{Phase, State};

use super::*;
use crate::example::{closed, needs_attention, now, operation, pause, paused, proposed, waiting};
use crate::selected_operations::SelectedOperation;
use crate::terminal::captured::assert_view;

const NOT_ENDED: Past = Past {
    end: None,
    earlier: None,
};

fn explained(
    it: &Description,
    state: Result<&State, &Error>,
    end: Option<&NoOutcome>,
) -> Explanation {
    let target = CommandTarget::One(it.request_id.to_string());
    let past = Past {
        end: end.cloned(),
        ..NOT_ENDED
    };
    Explanation::of(&target, it, Some(state), &past, now())
}

#[test]
fn what_needs_attention_is_explained() {
    let it = operation("ride-7-extra-1");
    let mut unsafe_to_close = needs_attention();
    unsafe_to_close.actions[1].safe = false;
    for (name, state) in [
        ("explain", needs_attention()),
        ("explain-proposed", proposed()),
        ("explain-against-advice", unsafe_to_close),
    ] {
        let explanation = explained(&it, Ok(&state), None);
        assert_view(name, || print_explanation(&explanation));
    }
}

#[test]
fn what_runs_is_explained() {
    let unsent = State {
        phase: Phase::Submitting,
        submitted: false,
        at_stake: None,
        last_heard: None,
        ..waiting()
    };
    for (name, state) in [
        ("explain-waiting", Ok(&waiting())),
        ("explain-unsent", Ok(&unsent)),
        (
            "explain-unanswered",
            Err(&Error::NoWorker("Timeout expired".to_owned())),
        ),
    ] {
        let it = operation("ride-7-extra-1");
        let explanation = explained(&it, state, None);
        assert_view(name, || print_explanation(&explanation));
    }
}

#[test]
fn what_stands_still_is_explained() {
    let step_paused = Description {
        paused_step: Some(PausedStep {
            activity_type: "payment_status".to_owned(),
            activity_id: Some("7".to_owned()),
            pause: Some(pause()),
        }),
        ..operation("ride-7-extra-1")
    };
    for (name, it) in [
        ("explain-paused", paused("ride-7-extra-1")),
        ("explain-paused-step", step_paused),
    ] {
        let explanation = explained(&it, Ok(&waiting()), None);
        assert_view(name, || print_explanation(&explanation));
    }
}

#[test]
fn what_has_ended_is_explained() {
    let invalid = InvalidRequest::new("merchant", "no route fits country ZZ and no city");
    let refused = NoOutcome::InvalidRequest(invalid);
    let failed = NoOutcome::Failed("no such step".to_owned());
    for (name, status, outcome, end) in [
        ("explain-completed", Completed, Some("completed"), None),
        ("explain-declined", Completed, Some("declined"), None),
        ("explain-refused", Failed, None, Some(&refused)),
        ("explain-failed", Failed, None, Some(&failed)),
        ("explain-failed-unread", Failed, None, None),
        ("explain-cancelled", Canceled, None, None),
        ("explain-terminated", Terminated, None, None),
        ("explain-timed-out", TimedOut, None, None),
    ] {
        let it = closed("ride-7-extra-1", status, outcome);
        let explanation = explained(&it, Err(&Error::Paused), end);
        assert_view(name, || print_explanation(&explanation));
    }
    let it = closed("ride-7-extra-1", Terminated, None);
    let explanation = Explanation::cut_off_unsent(&it, now());
    assert_view("explain-terminated-unsent", || {
        print_explanation(&explanation)
    });
}

#[test]
fn what_sent_nothing_after_a_run_that_may_have_is_not_said_to_be_safe_to_start_again() {
    let mut earlier = closed("ride-7-extra-1", Terminated, None);
    earlier.run_id = "0199c2a4-8a2f-7d6e-b0a1-5f0b3d1c9e77".to_owned();
    let mut ended = closed("ride-7-extra-1", Completed, Some("declined"));
    ended.run_id.clone_from(&earlier.run_id);
    let unlisted = Error::Unavailable {
        place: Place {
            request_id: None,
            namespace: "pay".to_owned(),
            address: Some("http://127.0.0.1:7233/".to_owned()),
        },
        reason: "it does not answer".to_owned(),
    };
    let invalid = InvalidRequest::new("merchant", "no route fits country ZZ and no city");
    let refused = NoOutcome::InvalidRequest(invalid);
    for (name, status, end, earlier) in [
        (
            "explain-refused-after-another",
            Failed,
            Some(&refused),
            EarlierRun::MayHaveSent(Box::new(earlier)),
        ),
        (
            "explain-refused-after-an-end",
            Failed,
            Some(&refused),
            EarlierRun::MayHaveSent(Box::new(ended)),
        ),
        (
            "explain-cancelled-unlisted",
            Canceled,
            None,
            EarlierRun::NotListed(unlisted),
        ),
    ] {
        let it = closed("ride-7-extra-1", status, None);
        let explanation = Explanation::after_another(&it, end, &earlier, now());
        let told = serde_json::to_string(&explanation).unwrap();
        assert!(!told.contains("AllowDuplicateFailedOnly") && !told.contains("--again"));
        assert_view(name, || print_explanation(&explanation));
    }
}

#[test]
fn many_are_explained_by_what_they_have_in_common() {
    let chosen: Vec<SelectedOperation> = (1..=7)
        .map(|n| SelectedOperation {
            description: operation(&format!("ride-{n}-extra-1")),
            state: Some(Ok(needs_attention())),
        })
        .collect();
    let pasts = [NOT_ENDED; 7];
    let groups = Group::all(&Selection::default(), &chosen, &pasts, now());
    assert_view("explain-many", || {
        groups[0]
            .headline()
            .iter()
            .try_for_each(|line| print(line))?;
        print_explanation(&groups[0].explanation)
    });
}
