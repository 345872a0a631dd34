//! What Temporal knows of an operation without asking a worker.

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

/// One operation as Temporal has it. What stems from search attributes may be moments old, and
/// does not show phases that last only as long as one call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Description {
    /// Which operation.
    pub request_id: RequestId,
    /// Temporal's name of the present run.
    pub run_id: String,
    /// An extra payment or a reversal.
    pub kind: Kind,
    /// Running, paused, or how the workflow closed.
    pub status: WorkflowExecutionStatus,
    /// Who paused it, where it is paused and one operation was described.
    pub pause: Option<Pause>,
    /// The step that is paused, where one is: the operation itself runs, and may wait for it without
    /// end.
    pub paused_step: Option<PausedStep>,
    /// How many events its present run's history has.
    pub history_length: i64,
    /// When it began: its first run, as far as Temporal still keeps it.
    pub begun_at: Option<Timestamp>,
    /// When its present run started.
    pub started_at: Option<Timestamp>,
    /// When it closed, if it has.
    pub closed_at: Option<Timestamp>,
    /// The order.
    pub order_id: Option<String>,
    /// The merchant account; absent until it is chosen.
    pub merchant: Option<String>,
    /// The contract's word for the phase.
    pub phase: Option<String>,
    /// The contract's word for the outcome, once there is one.
    pub outcome: Option<String>,
    /// How much was asked for.
    pub money: Option<Money>,
}

impl Description {
    /// Whether it has not ended: it runs, or it is paused.
    pub fn is_open(&self) -> bool {
        matches!(
            self.status,
            WorkflowExecutionStatus::Running | WorkflowExecutionStatus::Paused
        )
    }

    /// Whether it ended without a word on the money, so that only the partner knows: somebody
    /// terminated it, a time limit ended it, or its code failed.
    pub fn was_cut_off(&self) -> bool {
        matches!(
            self.status,
            WorkflowExecutionStatus::Terminated
                | WorkflowExecutionStatus::TimedOut
                | WorkflowExecutionStatus::Failed
        )
    }

    /// None where the workflow is not one of this project's: anybody may start one of our types
    /// under an id of their own.
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
