use jiff::Timestamp;
use payments_client::{Description, Pause, PausedStep};
use serde_json::{Value, json};

use super::*;
use crate::example::operation;

fn description(status: WorkflowExecutionStatus) -> Description {
    Description {
        status,
        ..operation("ride-7")
    }
}

fn needs_attention(safe: bool) -> State {
    let advice = |action: &str, safe: bool| json!({"action": action, "safe": safe, "because": "x"});
    serde_json::from_value(json!({
        "phase": "needs_attention", "submitted": true, "status_checks": 3, "callbacks_received": 1,
        "cause": "other_amount", "last_error": "amount: asked 1.00 KGS, the partner says 2.00 KGS",
        "at_stake": "outcome_open",
        "actions": [
            advice("check_now", true), advice("wait", true),
            advice("resolve_as_completed", false), advice("resolve_as_abandoned", safe),
        ],
    }))
    .unwrap()
}

fn of(state: &State) -> Explanation {
    of_one(&description(WorkflowExecutionStatus::Running), Ok(state))
}

fn of_one(description: &Description, state: Result<&State, &Error>) -> Explanation {
    let target = CommandTarget::One(description.request_id.to_string());
    let past = Past {
        end: None,
        earlier: None,
    };
    Explanation::of(&target, description, Some(state), &past, now())
}

fn now() -> Timestamp {
    "2026-11-24T08:00:05Z".parse().unwrap()
}

#[test]
fn whatever_the_state_what_doubles_a_charge_is_named() {
    let waiting: State = serde_json::from_value(json!({
        "phase": "awaiting_completion", "submitted": true, "status_checks": 0,
        "callbacks_received": 0,
    }))
    .unwrap();
    for explanation in [of(&needs_attention(true)), of(&waiting)] {
        let never = explanation.never.join("\n");
        for word in ["terminate", "another request id"] {
            assert!(never.contains(word), "{word}: {never}");
        }
    }
    for status in [
        WorkflowExecutionStatus::Terminated,
        WorkflowExecutionStatus::TimedOut,
    ] {
        let ended = of_one(&description(status), Err(&Error::Paused));
        let never = ended.never.join("\n");
        assert!(never.contains("another request id") && never.contains("may send it once more"));
    }
}

#[test]
fn what_is_not_safe_by_itself_waits_for_the_partners_word_and_names_the_flag() {
    let commands = of(&needs_attention(false)).commands;
    let at = |words: &str| commands.iter().position(|line| line.contains(words));
    let (condition, completed) = (at("# Against advice"), at("--as completed"));
    assert!(condition.is_some() && condition < completed, "{commands:?}");
    assert!(completed < at("--as abandoned"), "{commands:?}");
    // It is not in the list: it would be refused.
    assert_eq!(at("--as declined"), None, "{commands:?}");
    let resolve = commands.iter().filter(|line| line.contains(" resolve "));
    assert!(
        resolve
            .into_iter()
            .all(|line| line.ends_with("--against-advice"))
    );
}

#[test]
fn what_an_operator_has_to_name_is_in_its_command() {
    let mut state = serde_json::to_value(needs_attention(true)).unwrap();
    state["actions"] = json!([
        {"action": "resolve_as_completed", "safe": true, "because": "x", "with": "billing_document_id"},
    ]);
    let state = serde_json::from_value(state).unwrap();
    let completed = "--as completed --operator NAME --reason WHY --billing-document-id ID";
    let one = format!("sky-payments resolve ride-7 {completed}");
    let commands = of(&state).commands;
    assert!(commands.contains(&one), "{commands:?}");
    let target = CommandTarget::Many("--phase needs_attention".to_owned());
    let commands = super::commands(&target, &state);
    let each = format!("sky-payments resolve REQUEST_ID {completed}");
    assert!(commands.contains(&each), "{commands:?}");
}

#[test]
fn what_the_clock_changes_is_told_with_its_moment() {
    let mut state = serde_json::to_value(needs_attention(true)).unwrap();
    for (next_check_at, next) in [
        (
            "2026-11-24T08:00:20Z",
            "next try at 2026-11-24T08:00:20Z (15s later)",
        ),
        ("2026-11-24T08:00:05.9Z", "(less than a second later)"),
        (
            "2026-11-24T08:00:05Z",
            "next try at once: it was due at 2026-11-24T08:00:05Z",
        ),
    ] {
        state["next_check_at"] = json!(next_check_at);
        let known = of(&serde_json::from_value(state.clone()).unwrap()).state;
        let known = known.join("\n");
        assert!(known.contains(next), "{known}");
    }
    let explanation = of(&needs_attention(true));
    let titles: Vec<String> = explanation.sections().map(|(title, _)| title).to_vec();
    let at = ["What is known, at", "Safe at", "Not safe at"];
    for (title, words) in titles.iter().zip(at) {
        assert_eq!(*title, format!("{words} 2026-11-24T08:00:05Z"));
    }
}

#[test]
fn what_is_being_submitted_is_not_said_not_to_have_arrived() {
    let mut state = serde_json::to_value(needs_attention(false)).unwrap();
    state["phase"] = json!("submitting");
    let known = |state: &Value| of(&serde_json::from_value(state.clone()).unwrap()).state;
    assert!(known(&state)[0].contains("may have arrived"));
    state["at_stake"] = json!("nothing_sent");
    assert!(known(&state)[0].contains("did not arrive"));
}

#[test]
fn only_a_state_that_denies_every_submission_proves_that_nothing_was_sent() {
    let mut unsent = serde_json::to_value(needs_attention(true)).unwrap();
    unsent["submitted"] = json!(false);
    unsent["at_stake"] = json!("nothing_sent");
    let never_sent =
        |state: &Value| not_running::never_sent(&serde_json::from_value(state.clone()).unwrap());
    assert!(never_sent(&unsent));
    // The run before one that was reset may have sent it, and this one has no terms yet.
    let mut no_terms = unsent.clone();
    no_terms["at_stake"].take();
    assert!(!never_sent(&no_terms));
    unsent["submitted"] = json!(true);
    assert!(!never_sent(&unsent));
    // Where its code has failed, what it says may be wrong.
    assert!(!not_running::ended_by_force(
        WorkflowExecutionStatus::Failed
    ));
}

#[test]
fn what_would_be_refused_is_not_offered_for_approval() {
    let mut state = serde_json::to_value(needs_attention(true)).unwrap();
    state["proposal"] = json!({
        "as": "abandoned", "operator": "ann", "reason": "settled by hand",
        "proposed_at": "2026-11-24T12:00:00Z",
    });
    state["actions"] = json!([{"action": "check_now", "safe": true, "because": "x"}]);
    let commands = of(&serde_json::from_value(state).unwrap()).commands;
    assert!(
        commands.iter().any(|line| line.contains("check-now")),
        "{commands:?}"
    );
    assert!(
        !commands.iter().any(|line| line.contains("approve")),
        "{commands:?}"
    );
}

#[test]
fn many_are_chosen_by_their_filter() {
    let target = CommandTarget::Many("--phase needs_attention --at-stake outcome_open".to_owned());
    let commands = Explanation::of_running(&target, &needs_attention(true), now()).commands;
    assert_eq!(
        commands,
        [
            "sky-payments check-now --phase needs_attention --at-stake outcome_open",
            "sky-payments resolve --phase needs_attention --at-stake outcome_open --as abandoned \
             --operator NAME --reason WHY",
        ]
    );
}

#[test]
fn a_paused_step_is_told_instead_of_what_it_may_never_come_to() {
    let state: State = serde_json::from_value(json!({
        "phase": "verifying", "submitted": true, "status_checks": 1, "callbacks_received": 0,
        "cause": "outcome_open", "last_error": "outcome open: no answer in time",
    }))
    .unwrap();
    let mut paused = description(WorkflowExecutionStatus::Running);
    paused.paused_step = Some(PausedStep {
        activity_type: "payment_status".to_owned(),
        activity_id: Some("7".to_owned()),
        pause: Some(Pause {
            by: "ann".to_owned(),
            reason: String::new(),
            since: Some(now()),
        }),
    });
    for state in [Ok(&state), Err(&Error::Paused)] {
        let explanation = of_one(&paused, state);
        let known = explanation.state.join("\n");
        let who = "ann paused its step payment_status at 2026-11-24T08:00:05Z: without a reason";
        assert!(known.contains(who), "{known}");
        assert_eq!(known.contains("no answer in time"), state.is_ok());
        let told = serde_json::to_string(&explanation).unwrap();
        for promise in [
            "is being asked right now",
            "goes on by itself",
            "start the workers",
        ] {
            assert!(!told.contains(promise), "{told}");
        }
        let unpause = "temporal activity unpause -w sky-payment-ride-7 --activity-id 7";
        assert_eq!(explanation.commands[0], unpause);
    }
}
