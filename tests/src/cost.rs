//! What an operation cost: in events and bytes of its history, in Temporal's actions, and in calls of
//! the partner. These do not depend on the machine.

use std::collections::BTreeSet;

use anyhow::Context;
use serde::Serialize;
use serde_json::{Value, json};

use crate::operation::{Operation, OperationKind, workflow_id};
use crate::stack::Stack;

/// What one operation cost.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
pub struct Cost {
    /// The events of its history.
    pub events: usize,
    /// The bytes of its history.
    pub bytes: u64,
    /// What Temporal Cloud would bill: <https://docs.temporal.io/cloud/actions>.
    pub actions: usize,
    /// The calls of the partner, each with a signature of its own.
    pub partner_calls: usize,
}

impl Cost {
    /// What an operation under this request id has cost until now.
    pub async fn of(stack: &Stack, request_id: &str) -> anyhow::Result<Cost> {
        let workflow = workflow_id(request_id);
        let temporal = stack.temporal();
        let shown = temporal.cli(&["workflow", "show", "-w", &workflow]).await?;
        let events = shown["events"].as_array().context("no events")?;
        let journal = stack.partner().journal().await?;
        let calls = journal.iter().filter(|call| {
            let order = call["order_id"].as_str();
            call["request_id"] == request_id || order == Some(&format!("o-{request_id}"))
        });
        Ok(Cost {
            events: events.len(),
            bytes: bytes(stack, &workflow).await?,
            actions: actions(events),
            partner_calls: calls.count(),
        })
    }

    /// What each question costs that a timer asks while a payment waits: what one that was asked about often cost
    /// beyond one that was asked about rarely, so that what each costs once counts for little. On a stack that asks
    /// every second.
    pub async fn of_a_question(stack: &Stack) -> anyhow::Result<Cost> {
        let mut costs = Vec::new();
        for (id, completes_after) in [("asked-rarely", "2s"), ("asked-often", "15s")] {
            let scenario = json!({
                "completes_after": completes_after, "callback": { "when": "never" },
            });
            stack.partner().set_custom_scenario(id, scenario).await?;
            let payment = Operation::new(OperationKind::ExtraPayment, id);
            stack.start(&payment).await?;
            stack.payments(&["result", id]).await?;
            let state = stack.payments(&["status", id]).await?;
            let questions = state["status_checks"].as_u64().context("no questions")?;
            costs.push((Cost::of(stack, id).await?, questions));
        }
        let [(few, rarely), (many, often)] = costs[..] else {
            unreachable!("two payments were made")
        };
        let more = often.checked_sub(rarely).filter(|more| *more > 0);
        let more = more.context("both were asked about as often")?;
        let count = usize::try_from(more)?;
        Ok(Cost {
            events: (many.events - few.events) / count,
            bytes: (many.bytes - few.bytes) / more,
            actions: (many.actions - few.actions) / count,
            partner_calls: (many.partner_calls - few.partner_calls) / count,
        })
    }
}

async fn bytes(stack: &Stack, workflow: &str) -> anyhow::Result<u64> {
    let describe = ["workflow", "describe", "-w", workflow];
    let described = stack.temporal().cli(&describe).await?;
    let bytes = &described["workflowExecutionInfo"]["historySizeBytes"];
    let bytes = bytes.as_u64().or_else(|| bytes.as_str()?.parse().ok());
    bytes.context("the description has no size")
}

/// All local activities of one workflow task are one action.
fn actions(events: &[Value]) -> usize {
    let mut tasks_with_local_activities = BTreeSet::new();
    let mut actions = 0;
    for event in events {
        let kind = event["eventType"].as_str().unwrap_or_default();
        match kind.trim_start_matches("EVENT_TYPE_") {
            "WORKFLOW_EXECUTION_STARTED"
            | "WORKFLOW_EXECUTION_SIGNALED"
            | "ACTIVITY_TASK_SCHEDULED"
            | "TIMER_STARTED"
            | "UPSERT_WORKFLOW_SEARCH_ATTRIBUTES" => actions += 1,
            "MARKER_RECORDED" => {
                let task = &event["markerRecordedEventAttributes"]["workflowTaskCompletedEventId"];
                tasks_with_local_activities.insert(task.to_string());
            }
            _ => {}
        }
    }
    actions + tasks_with_local_activities.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_activities_of_one_task_are_one_action() {
        let event = |kind: &str| json!({ "eventType": format!("EVENT_TYPE_{kind}") });
        let local = |task: &str| {
            let task = json!({ "workflowTaskCompletedEventId": task });
            let mut event = event("MARKER_RECORDED");
            event["markerRecordedEventAttributes"] = task;
            event
        };
        let events = [
            event("WORKFLOW_EXECUTION_STARTED"),
            event("WORKFLOW_TASK_SCHEDULED"),
            local("4"),
            event("ACTIVITY_TASK_SCHEDULED"),
            local("9"),
            local("9"),
        ];
        assert_eq!(actions(&events), 4);
    }
}
