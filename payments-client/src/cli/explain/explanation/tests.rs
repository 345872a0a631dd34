use jiff::Timestamp;
use payments_client::Description;
use serde_json::{Value, json};
use workflows::ids::RequestId;
use workflows::partner_word::Kind;

use super::*;

fn description(status: WorkflowExecutionStatus) -> Description {
    Description {
        request_id: RequestId::parse("ride-7").unwrap(),
        run_id: "run".to_owned(),
        kind: Kind::ExtraPayment,
        status,
        history_length: 30,
        begun_at: Some(Timestamp::UNIX_EPOCH),
        started_at: Some(Timestamp::UNIX_EPOCH),
        closed_at: None,
        order_id: None,
        merchant: None,
        phase: None,
        outcome: None,
        money: None,
    }
}

fn needs_attention(safe: bool) -> State {
    let advice = |action: &str, safe: bool| json!({"action": action, "safe": safe, "because": "x"});
    serde_json::from_value(json!({
        "phase": "needs_attention", "submitted": true, "status_checks": 3, "callbacks_received": 1,
        "last_error": "amount: asked 1.00 KGS, the partner says 2.00 KGS",
        "at_stake": "outcome_open",
        "actions": [
            advice("check_now", true), advice("wait", true),
            advice("resolve_as_completed", false), advice("resolve_as_abandoned", safe),
        ],
    }))
    .unwrap()
}

fn of(state: &State) -> Explanation {
    Explanation::new(&description(WorkflowExecutionStatus::Running), Ok(state))
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
        for word in ["terminate", "reset", "another request id"] {
            assert!(never.contains(word), "{word}: {never}");
        }
    }
    let ended = Explanation::new(
        &description(WorkflowExecutionStatus::Terminated),
        Err(&Error::NotFound),
    );
    assert!(ended.never[0].contains("another request id"));
}

#[test]
fn what_is_safe_comes_with_its_command() {
    let explanation = of(&needs_attention(true));
    let abandon =
        "sky-payments resolve ride-7 --as abandoned --operator NAME --reason WHY".to_owned();
    assert!(explanation.commands.contains(&abandon), "{explanation:?}");
    assert_eq!(explanation.not_safe, ["resolve as completed: x"]);
    assert!(
        explanation
            .commands
            .contains(&"sky-payments check-now ride-7".to_owned())
    );
}

#[test]
fn what_is_not_safe_by_itself_waits_for_the_partners_word() {
    let commands = of(&needs_attention(false)).commands;
    let condition = commands.iter().position(|line| line.starts_with("# once"));
    let all = ["completed", "declined", "abandoned"];
    let all = all.map(|verdict| commands.iter().position(|line| line.contains(verdict)));
    assert!(condition.is_some(), "{commands:?}");
    assert!(all.iter().all(|one| condition < *one), "{commands:?}");
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
fn one_that_was_terminated_is_started_again_as_what_it_was() {
    let mut reversal = description(WorkflowExecutionStatus::Terminated);
    reversal.kind = Kind::PaymentReversal;
    let commands = Explanation::new(&reversal, Err(&Error::NotFound)).commands;
    let commands = commands.join("\n");
    assert!(
        commands.contains("--type process_payment_reversal"),
        "{commands}"
    );
}

#[test]
fn what_is_proposed_is_to_be_approved_or_withdrawn() {
    let mut state = serde_json::to_value(needs_attention(true)).unwrap();
    state["proposal"] = json!({
        "as": "abandoned", "operator": "ann", "reason": "settled by hand",
        "proposed_at": "2026-11-24T12:00:00Z",
    });
    let explanation = of(&serde_json::from_value(state).unwrap());
    let known = explanation.state.join("\n");
    assert!(
        known.contains("ann proposes to resolve it as abandoned"),
        "{known}"
    );
    let commands = explanation.commands.join("\n");
    assert!(
        commands.contains("approve ride-7 --as abandoned --operator NAME"),
        "{commands}"
    );
    assert!(commands.contains("withdraw ride-7"), "{commands}");
    assert!(!commands.contains("resolve"), "{commands}");
}

#[test]
fn without_a_worker_it_says_that_nothing_is_lost() {
    let silent = Error::NoWorker("deadline".to_owned());
    let running = description(WorkflowExecutionStatus::Running);
    let explanation = Explanation::new(&running, Err(&silent));
    assert!(explanation.state[0].contains("nothing is lost"));
    assert!(explanation.state[1].contains("no worker answered"));
}

#[test]
fn many_are_chosen_by_their_filter() {
    let whom = Whom::Many("--phase needs_attention --at-stake outcome_open".to_owned());
    let commands = Explanation::of_running(&whom, &needs_attention(true)).commands;
    assert_eq!(
        commands,
        [
            "sky-payments check-now --phase needs_attention --at-stake outcome_open",
            "sky-payments resolve --phase needs_attention --at-stake outcome_open --as abandoned \
             --operator NAME --reason WHY",
        ]
    );
}
