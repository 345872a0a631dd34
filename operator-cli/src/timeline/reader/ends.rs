//! How an operation ended, and what went wrong on our side before that.

use serde_json::Value;
use temporalio_common::protos::temporal::api::enums::v1::{TimeoutType, WorkflowTaskFailedCause};
use temporalio_common::protos::temporal::api::failure::v1::Failure;
use temporalio_common::protos::temporal::api::history::v1::history_event::Attributes;
use workflows::contract::outcome::Outcome;

use super::Reader;
use crate::timeline::entry::EntryKind;
use crate::timeline::{payloads, sentences};

impl Reader {
    /// Whether the event is trouble on our side.
    pub(super) fn read_trouble(&mut self, attributes: &Attributes) -> bool {
        let text = match attributes {
            Attributes::WorkflowTaskFailedEventAttributes(it)
                if it.cause() == WorkflowTaskFailedCause::ResetWorkflow =>
            {
                format!(
                    "the workflow is reset to here by force: {}",
                    message(&it.failure)
                )
            }
            Attributes::WorkflowTaskFailedEventAttributes(it) => {
                format!("the worker fails at the workflow: {}", message(&it.failure))
            }
            // Any other kind of timeout is a worker that shut down normally.
            Attributes::WorkflowTaskTimedOutEventAttributes(it)
                if it.timeout_type() == TimeoutType::StartToClose =>
            {
                "a worker is lost while it carries the workflow out".to_owned()
            }
            _ => return false,
        };
        self.tell(EntryKind::Trouble, text);
        true
    }

    pub(super) fn read_end(&mut self, attributes: &Attributes) {
        let mut data = Value::Null;
        let text = match attributes {
            Attributes::WorkflowExecutionCompletedEventAttributes(it) => {
                data = payloads::value(it.result.as_ref());
                let outcome: Option<Outcome> = payloads::first(it.result.as_ref());
                outcome.map_or_else(|| "ends".to_owned(), |outcome| sentences::end(&outcome))
            }
            Attributes::WorkflowExecutionFailedEventAttributes(it) => {
                format!("fails: {}", message(&it.failure))
            }
            Attributes::WorkflowExecutionCanceledEventAttributes(_) => {
                "cancelled before anything was submitted".to_owned()
            }
            Attributes::WorkflowExecutionTimedOutEventAttributes(_) => {
                "ended by Temporal, at a time limit that its start had set: what was sent goes on"
                    .to_owned()
            }
            Attributes::WorkflowExecutionTerminatedEventAttributes(it) => {
                format!("terminated by force by {}: {}", it.identity, it.reason)
            }
            _ => return,
        };
        self.push(EntryKind::End, text, data);
    }
}

fn message(failure: &Option<Failure>) -> &str {
    failure.as_ref().map_or("no reason given", |it| &it.message)
}
