//! What Temporal knows about an operation without asking a worker.

use jiff::Timestamp;
use temporalio_common::protos::temporal::api::workflow::v1::WorkflowExecutionInfo;
use temporalio_common::search_attributes::SearchAttributes;
use workflows::contract::ids::RequestId;
use workflows::contract::kind::Kind;
use workflows::contract::money::Money;
use workflows::contract::search_attributes::{
    AMOUNT_MINOR, CURRENCY, MERCHANT, ORDER_ID, OUTCOME, PHASE,
};

use crate::pause::{Pause, timestamp};
use crate::paused_step::PausedStep;
use crate::workflow_type::kind_of;

pub use temporalio_common::protos::temporal::api::enums::v1::WorkflowExecutionStatus;

/// One operation as Temporal shows it. What comes from search attributes may be slightly out of
/// date, and does not show phases that last only as long as one call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Description {
    /// Which operation.
    pub request_id: RequestId,
    /// Temporal's id of the current run.
    pub run_id: String,
    /// An extra payment or a reversal.
    pub kind: Kind,
    /// Running, paused, or how the workflow closed.
    pub status: WorkflowExecutionStatus,
    /// Who paused it, if it is paused and a single operation was described.
    pub pause: Option<Pause>,
    /// The paused step, if there is one: the operation itself runs, but may wait for the step for
    /// ever.
    pub paused_step: Option<PausedStep>,
    /// The number of events in the history of its current run.
    pub history_length: i64,
    /// When its first run started, if Temporal still keeps it.
    pub begun_at: Option<Timestamp>,
    /// When its current run started.
    pub started_at: Option<Timestamp>,
    /// When it closed, if it has.
    pub closed_at: Option<Timestamp>,
    /// The order.
    pub order_id: Option<String>,
    /// The merchant account; absent until it is chosen.
    pub merchant: Option<String>,
    /// The phase, by its name in the contract.
    pub phase: Option<String>,
    /// The outcome, by its name in the contract, once there is one.
    pub outcome: Option<String>,
    /// The requested amount.
    pub money: Option<Money>,
}

impl Description {
    /// Whether it has not ended: it is running or paused.
    pub fn is_open(&self) -> bool {
        matches!(
            self.status,
            WorkflowExecutionStatus::Running | WorkflowExecutionStatus::Paused
        )
    }

    /// Whether it ended without saying what happened to the money, so that only the partner knows:
    /// somebody terminated it, a time limit ended it, or its code failed.
    pub fn was_cut_off(&self) -> bool {
        matches!(
            self.status,
            WorkflowExecutionStatus::Terminated
                | WorkflowExecutionStatus::TimedOut
                | WorkflowExecutionStatus::Failed
        )
    }

    /// None if the workflow is not one of this project's: anybody can start one of our types with
    /// an id of their own.
    pub(crate) fn read(info: &WorkflowExecutionInfo) -> Option<Description> {
        let execution = info.execution.as_ref()?;
        let request_id = RequestId::of_workflow(&execution.workflow_id)?;
        let kind = kind_of(&info.r#type.as_ref()?.name)?;
        let attributes = info.search_attributes.as_ref();
        let attributes = attributes.map(SearchAttributes::from_proto);
        let attributes = attributes.unwrap_or_default();
        let time = info.start_time.as_ref();
        let started_at = time.and_then(|it| timestamp(it.seconds, it.nanos));
        Some(Description {
            request_id,
            run_id: execution.run_id.clone(),
            kind,
            status: info.status(),
            pause: None,
            paused_step: PausedStep::listed(&attributes).filter(|_| info.close_time.is_none()),
            history_length: info.history_length,
            begun_at: started_at,
            started_at,
            closed_at: info
                .close_time
                .as_ref()
                .and_then(|it| timestamp(it.seconds, it.nanos)),
            order_id: attributes.get(&ORDER_ID),
            merchant: attributes.get(&MERCHANT),
            phase: attributes.get(&PHASE),
            outcome: attributes.get(&OUTCOME),
            money: money(&attributes),
        })
    }
}

fn money(attributes: &SearchAttributes) -> Option<Money> {
    let currency = attributes.get(&CURRENCY)?;
    let minor = attributes.get(&AMOUNT_MINOR)?;
    Money::from_minor(minor, &currency).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_put_together_again_from_its_attributes() {
        for (amount, currency) in [
            ("125.50", "KGS"),
            ("0.07", "KGS"),
            ("125", "JPY"),
            ("0.001", "KWD"),
        ] {
            let asked = Money::parse(amount, currency).unwrap();
            let attributes = SearchAttributes::new([
                CURRENCY.value_set(currency.to_owned()),
                AMOUNT_MINOR.value_set(asked.minor()),
            ]);
            assert_eq!(money(&attributes), Some(asked));
        }
    }
}
