//! The kind of an operation is the type of its workflow.

use temporalio_common::WorkflowDefinition;
use workflows::contract::kind::Kind;
use workflows::{ExtraPayment, PaymentReversal};

/// The workflow type that carries out operations of this kind.
pub fn workflow_type(kind: Kind) -> String {
    match kind {
        Kind::ExtraPayment => ExtraPayment::run.name().to_owned(),
        Kind::PaymentReversal => PaymentReversal::run.name().to_owned(),
    }
}

/// The kind that a workflow type carries out, if it is one of ours.
pub fn kind_of(workflow_type_name: &str) -> Option<Kind> {
    [Kind::ExtraPayment, Kind::PaymentReversal]
        .into_iter()
        .find(|kind| workflow_type(*kind) == workflow_type_name)
}
