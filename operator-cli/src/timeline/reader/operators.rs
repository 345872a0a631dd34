//! What operators and procaas did: updates, with their names and reasons, and cancellations.

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
        let text = match attributes {
            Attributes::WorkflowExecutionUpdateAcceptedEventAttributes(it) => {
                self.accepted(it);
                return true;
            }
            Attributes::WorkflowExecutionUpdateCompletedEventAttributes(it) => {
                match it.outcome.as_ref().and_then(|it| it.value.as_ref()) {
                    Some(outcome::Value::Failure(failure)) => {
                        format!("that is refused: {}", failure.message)
                    }
                    // The following events show the result of an accepted update.
                    _ => return true,
                }
            }
            Attributes::WorkflowExecutionCancelRequestedEventAttributes(it) => {
                format!("{} asks for it to be cancelled", it.identity)
            }
            Attributes::WorkflowExecutionPausedEventAttributes(it) => {
                format!("{} pauses it: {}", it.identity, it.reason)
            }
            Attributes::WorkflowExecutionUnpausedEventAttributes(it) => {
                format!("{} lets it go on: {}", it.identity, it.reason)
            }
            _ => return false,
        };
        self.tell(EntryKind::Operator, text);
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
