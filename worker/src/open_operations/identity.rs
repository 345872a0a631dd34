//! Which of the workflows in a listing are ours. Anybody can start one of our types with an id of
//! their own.

use jiff::Timestamp;
#[cfg(test)]
use temporalio_common::protos::temporal::api::common::v1::{WorkflowExecution, WorkflowType};
use temporalio_common::protos::temporal::api::workflow::v1::WorkflowExecutionInfo;
#[cfg(test)]
use temporalio_common::search_attributes::SearchAttributes;
use workflows::contract::ids::{LOOK_AGAIN_ID_PREFIX, RequestId};
use workflows::contract::saved_card::SAVED_CARD_ID_PREFIX;
use workflows::{ExtraPayment, LookAgain, PaymentReversal, RecordSavedCard};

/// The types of workflows that are listed, with their names in the metrics.
pub(super) const OPERATIONS: [(&str, &str); 4] = [
    (ExtraPayment::name(), "extra_payment"),
    (PaymentReversal::name(), "payment_reversal"),
    (LookAgain::name(), "look_again"),
    (RecordSavedCard::name(), "saved_card"),
];

/// Its workflow id, its kind, and when it started; none for what is not ours. No such id contains a
/// quote.
pub(super) fn identity(row: &WorkflowExecutionInfo) -> Option<(String, &'static str, Timestamp)> {
    let workflow_id = row.execution.as_ref()?.workflow_id.clone();
    let name = &row.r#type.as_ref()?.name;
    let (_, operation) = OPERATIONS.into_iter().find(|(known, _)| known == name)?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    let is_ours = RequestId::of_workflow(&workflow_id).is_some()
        || workflow_id.starts_with(LOOK_AGAIN_ID_PREFIX)
        || workflow_id.starts_with(SAVED_CARD_ID_PREFIX);
    let start = row.start_time.as_ref()?;
    let started_at = Timestamp::new(start.seconds, start.nanos).ok()?;
    (is_ours && workflow_id.bytes().all(is_plain)).then_some((workflow_id, operation, started_at))
}

/// A row of a listing, of a workflow of this type that started at this second.
#[cfg(test)]
pub(super) fn row(
    id: &str,
    kind: &str,
    second: i64,
    attributes: SearchAttributes,
) -> WorkflowExecutionInfo {
    let mut row = WorkflowExecutionInfo {
        execution: Some(WorkflowExecution {
            workflow_id: id.to_owned(),
            ..Default::default()
        }),
        r#type: Some(WorkflowType {
            name: kind.to_owned(),
        }),
        start_time: Some(Default::default()),
        search_attributes: Some(attributes.into_proto()),
        ..Default::default()
    };
    row.start_time.as_mut().expect("a time").seconds = second;
    row
}
