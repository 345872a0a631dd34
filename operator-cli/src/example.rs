//! Operations for tests.

use jiff::{SignedDuration, Timestamp};
use payments_client::{Description, Pause, WorkflowExecutionStatus};
use serde_json::{Value, json};
use workflows::contract::ids::RequestId;
use workflows::contract::kind::Kind;
use workflows::contract::money::Money;
use workflows::contract::outcome::{Ending, Outcome};
use workflows::contract::state::State;

use crate::arguments::{Format, TemporalArguments};
use crate::context::CommandContext;

/// A call that prints text.
pub(crate) fn context() -> CommandContext {
    let temporal = TemporalArguments::default();
    let mut context = CommandContext::new(Format::Text, "queue".to_owned(), temporal);
    context.output.now = now();
    context
}

/// When the tests look.
pub(crate) fn now() -> Timestamp {
    "2026-11-24T10:00:00Z".parse().unwrap()
}

pub(crate) fn ago(time: &str) -> Timestamp {
    now() - time.parse::<SignedDuration>().unwrap()
}

pub(crate) fn request_id(text: &str) -> RequestId {
    RequestId::parse(text).unwrap()
}

/// A running extra payment that began ten minutes ago.
pub(crate) fn operation(id: &str) -> Description {
    Description {
        request_id: request_id(id),
        run_id: "run-1".to_owned(),
        kind: Kind::ExtraPayment,
        status: WorkflowExecutionStatus::Running,
        pause: None,
        paused_step: None,
        history_length: 30,
        begun_at: Some(ago("10m")),
        started_at: Some(ago("10m")),
        closed_at: None,
        order_id: Some("ride-7".to_owned()),
        merchant: Some("kg-main".to_owned()),
        phase: Some("awaiting_completion".to_owned()),
        outcome: None,
        money: Some(Money::parse("125.50", "KGS").unwrap()),
    }
}

/// The same, closed a minute after its beginning.
pub(crate) fn closed(
    id: &str,
    status: WorkflowExecutionStatus,
    outcome: Option<&str>,
) -> Description {
    Description {
        status,
        closed_at: Some(ago("9m")),
        phase: Some("closed".to_owned()),
        outcome: outcome.map(str::to_owned),
        ..operation(id)
    }
}

/// The same, paused while it runs.
pub(crate) fn paused(id: &str) -> Description {
    Description {
        status: WorkflowExecutionStatus::Paused,
        pause: Some(pause()),
        ..operation(id)
    }
}

pub(crate) fn pause() -> Pause {
    Pause {
        by: "ann@example".to_owned(),
        reason: "the partner asked for it, OPS-7".to_owned(),
        since: Some(ago("5m")),
    }
}

pub(crate) fn outcome(ending: Ending) -> Outcome {
    Outcome {
        outcome: ending,
        request_id: request_id("ride-7-extra-1"),
        order_id: serde_json::from_value(json!("ride-7")).unwrap(),
        money: operation("x").money.unwrap(),
        merchant: "kg-main".to_owned(),
        partner_payment_id: Some("pp-0b9b2103edae5e12a00a424e7eea54a3".to_owned()),
        decline_code: None,
        billing_document_id: Some("bd-f9c3e52adf0ad046c0e20e389c90b6c7".to_owned()),
        by_hand: None,
        completed_at: now(),
    }
}

/// The partner has it, and has not told the end.
pub(crate) fn waiting() -> State {
    let state = json!({
        "phase": "awaiting_completion", "submitted": true, "status_checks": 2,
        "callbacks_received": 0, "at_stake": "outcome_open",
        "next_check_at": "2026-11-24T10:01:00Z",
        "account": { "merchant": "kg-main", "partner": "sky", "chosen_by": "KG: route 1" },
        "last_heard": { "from": "partner", "words": "pending, 125.50 KGS", "at": "2026-11-24T09:59:00Z" },
    });
    serde_json::from_value(state).unwrap()
}

/// Resolved by an operator.
pub(crate) fn closed_by_hand() -> State {
    let state = json!({
        "phase": "closed", "submitted": true, "status_checks": 3, "callbacks_received": 1,
        "at_stake": "closed_by_hand",
    });
    serde_json::from_value(state).unwrap()
}

/// The partner made it of another amount.
pub(crate) fn needs_attention() -> State {
    state(json!({}))
}

/// The same, with a proposal that waits.
pub(crate) fn proposed() -> State {
    state(json!({
        "proposal": {
            "as": "abandoned", "operator": "ann", "reason": "settled by hand with the partner",
            "ticket": "OPS-7", "proposed_at": "2026-11-24T09:59:30.123456789Z",
        },
    }))
}

fn state(more: Value) -> State {
    let mut state = json!({
        "phase": "needs_attention", "submitted": true, "status_checks": 1, "callbacks_received": 1,
        "cause": "other_amount",
        "last_error": "amount: asked 125.50 KGS, the partner says 1.00 KGS",
        "at_stake": "money_returned_not_confirmed", "next_check_at": "2026-11-24T10:05:00.5Z",
        "actions": [
            {
                "action": "check_now", "safe": true,
                "because": "it asks first, and submits only what the partner does not know",
            },
            {
                "action": "resolve_as_abandoned", "safe": true,
                "because": "closes it. The partner moved reversal 1.00 KGS as pp-9c1d4e77, but reversal \
                            125.50 KGS was asked for. Nobody is told; afterwards settle the difference \
                            with the partner by hand",
            },
        ],
    });
    for (field, value) in more.as_object().unwrap() {
        state[field] = value.clone();
    }
    serde_json::from_value(state).unwrap()
}
