//! What operators and procaas did: updates, with their names and reasons, and cancellations.

use serde_json::Value;
use temporalio_common::UpdateDefinition;
use temporalio_common::protos::temporal::api::history::v1::WorkflowExecutionUpdateAcceptedEventAttributes;
use temporalio_common::protos::temporal::api::history::v1::history_event::Attributes;
use temporalio_common::protos::temporal::api::update::v1::outcome;
use workflows::ExtraPayment;
use workflows::contract::approval::{Approval, Withdrawal};
use workflows::contract::resolution::Resolution;

use super::Reader;
use crate::timeline::entry::EntryKind;
use crate::timeline::{payloads, sentences};

impl Reader {
    /// Whether the event is a command of somebody, or its answer.
    pub(super) fn read_command(&mut self, attributes: &Attributes) -> bool {
        match attributes {
            Attributes::WorkflowExecutionUpdateAcceptedEventAttributes(it) => self.accepted(it),
            Attributes::WorkflowExecutionUpdateCompletedEventAttributes(it) => {
                let outcome = it.outcome.as_ref().and_then(|it| it.value.as_ref());
                // The following events show the result of an accepted update.
                if let Some(outcome::Value::Failure(failure)) = outcome {
                    let text = format!("that is refused: {}", failure.message);
                    self.push(EntryKind::Operator, text, Value::Null);
                }
            }
            Attributes::WorkflowExecutionCancelRequestedEventAttributes(it) => {
                let text = format!("{} asks for it to be cancelled", it.identity);
                self.push(EntryKind::Operator, text, Value::Null);
            }
            Attributes::WorkflowExecutionPausedEventAttributes(it) => {
                let text = format!("{} pauses it: {}", it.identity, it.reason);
                self.push(EntryKind::Operator, text, Value::Null);
            }
            Attributes::WorkflowExecutionUnpausedEventAttributes(it) => {
                let text = format!("{} lets it go on: {}", it.identity, it.reason);
                self.push(EntryKind::Operator, text, Value::Null);
            }
            _ => return false,
        }
        true
    }

    fn accepted(&mut self, it: &WorkflowExecutionUpdateAcceptedEventAttributes) {
        let Some(request) = &it.accepted_request else {
            return;
        };
        let identity = request.meta.as_ref().map_or("", |it| it.identity.as_str());
        let Some(input) = &request.input else {
            return;
        };
        let (name, arguments) = (input.name.as_str(), input.args.as_ref());
        let text = if name == ExtraPayment::resolve.name() {
            let proposes = self.known.as_ref().is_some_and(|it| it.terms.two_operators);
            payloads::first::<Resolution>(arguments).map(|it| sentences::resolves(&it, proposes))
        } else if name == ExtraPayment::approve_resolution.name() {
            payloads::first::<Approval>(arguments)
                .map(|it| format!("{} approves: {}", it.operator, it.resolve_as.as_str()))
        } else if name == ExtraPayment::withdraw_resolution.name() {
            payloads::first::<Withdrawal>(arguments)
                .map(|it| format!("{} withdraws the proposal: {}", it.operator, it.reason))
        } else if name == ExtraPayment::check_now.name() {
            Some("an operator asks for an attempt at once".to_owned())
        } else {
            None
        };
        let text = text.unwrap_or_else(|| format!("the update {name} comes"));
        let text = format!("{text} (from {identity})");
        self.push(EntryKind::Operator, text, payloads::value(arguments));
    }
}
