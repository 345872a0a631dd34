//! An operation, for programs.

use jiff::Timestamp;
use payments_client::Description;
use serde_json::{Value, json};
use workflows::contract::state::State;

use crate::failure;
use crate::labels;
use crate::selected_operations::SelectedOperation;

/// What Temporal knows, and the state if a worker has told it.
pub(super) fn operation(state: Option<&State>, it: &Description) -> Value {
    let mut object = json!({
        "request_id": it.request_id,
        "workflow_id": it.request_id.workflow_id(),
        "kind": it.kind,
        "order_id": it.order_id,
        "merchant": it.merchant,
        "amount": it.money.map(|money| money.amount()),
        "currency": it.money.map(|money| money.currency()),
        "status": labels::status(it.status),
    });
    let state = state.and_then(|state| serde_json::to_value(state).ok());
    if let (Value::Object(object), Some(Value::Object(state))) = (&mut object, state) {
        object.extend(state);
    }
    object
}

/// A row of a list.
pub(crate) fn listed(one: &SelectedOperation) -> serde_json::Value {
    let SelectedOperation { description, state } = one;
    let it = description;
    let mut listed = json!({
        "request_id": it.request_id,
        "workflow_id": it.request_id.workflow_id(),
        "run_id": it.run_id,
        "kind": it.kind,
        "status": labels::status(it.status),
        "paused_step": it.paused_step.as_ref().map(|step| &step.activity_type),
        "phase": it.phase,
        "outcome": it.outcome,
        "order_id": it.order_id,
        "merchant": it.merchant,
        "amount": it.money.map(|money| money.amount()),
        "currency": it.money.map(|money| money.currency()),
        "begun_at": it.begun_at.map(to_the_second),
        "started_at": it.started_at.map(to_the_second),
        "closed_at": it.closed_at.map(to_the_second),
    });
    match state {
        None => {}
        Some(Ok(state)) => {
            listed["at_stake"] = json!(state.at_stake);
            listed["cause"] = json!(state.cause());
        }
        Some(Err(error)) => {
            if let Value::Object(row) = &mut listed {
                row.extend(failure::of_operation(&it.request_id, error));
            }
        }
    }
    listed
}

fn to_the_second(at: Timestamp) -> String {
    format!("{at:.0}")
}
