//! A step that is paused while its operation runs, as Temporal shows it. Temporal does not enforce
//! a paused step's time limits. So if its worker is lost, the step never times out and the
//! operation waits for ever.

use temporalio_common::protos::temporal::api::workflow::v1::PendingActivityInfo;
use temporalio_common::protos::temporal::api::workflow::v1::pending_activity_info::PauseInfo;
use temporalio_common::protos::temporal::api::workflow::v1::pending_activity_info::pause_info::PausedBy;
use temporalio_common::search_attributes::{SearchAttributeKey, SearchAttributes};

use crate::pause::{Pause, timestamp};

/// The search attribute in which Temporal lists paused steps, each as a property and its value.
const PAUSE_INFO: SearchAttributeKey<Vec<String>> =
    SearchAttributeKey::keyword_list("TemporalPauseInfo");

const ACTIVITY_TYPE: &str = "property:activityType=";

/// The paused step of an operation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PausedStep {
    /// The type of its activity, such as `payment_status`.
    pub activity_type: String,
    /// Temporal's id of it, needed to unpause it; only if a single operation was described.
    pub activity_id: Option<String>,
    /// Who paused it; only if a single operation was described.
    pub pause: Option<Pause>,
}

impl PausedStep {
    /// From a list, which has only its type.
    pub(crate) fn listed(attributes: &SearchAttributes) -> Option<PausedStep> {
        let properties = attributes.get(&PAUSE_INFO)?;
        let mut types = properties
            .iter()
            .filter_map(|it| it.strip_prefix(ACTIVITY_TYPE));
        Some(PausedStep {
            activity_type: types.next()?.to_owned(),
            activity_id: None,
            pause: None,
        })
    }

    /// From the description of one operation.
    pub(crate) fn described(pending: Vec<PendingActivityInfo>) -> Option<PausedStep> {
        let step = pending.into_iter().find(|step| step.paused)?;
        Some(PausedStep {
            activity_type: step.activity_type.unwrap_or_default().name,
            activity_id: Some(step.activity_id),
            pause: step.pause_info.map(read),
        })
    }
}

fn read(info: PauseInfo) -> Pause {
    let (by, reason) = match info.paused_by {
        Some(PausedBy::Manual(it)) => (it.identity, it.reason),
        Some(PausedBy::Rule(it)) => (it.identity, it.reason),
        None => (String::new(), String::new()),
    };
    Pause {
        by,
        reason,
        since: info
            .pause_time
            .and_then(|it| timestamp(it.seconds, it.nanos)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_names_the_type_of_the_paused_step_among_what_else_is_paused() {
        let listed = |properties: &[&str]| {
            let properties = properties.iter().map(|it| (*it).to_owned()).collect();
            PausedStep::listed(&SearchAttributes::new([PAUSE_INFO.value_set(properties)]))
        };
        let step = listed(&[
            "Workflow:sky-payment-1",
            "property:activityType=payment_status",
        ]);
        assert_eq!(step.unwrap().activity_type, "payment_status");
        assert_eq!(listed(&["Workflow:sky-payment-1"]), None);
        assert_eq!(PausedStep::listed(&SearchAttributes::default()), None);
    }
}
