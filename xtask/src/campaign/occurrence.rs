//! What of the plan really occurred, by the simulators' own records. A campaign whose faults never
//! struck would prove nothing.

use std::collections::BTreeMap;

use serde_json::Value;

use super::fault::{Evidence, FOREIGN_REQUEST, Fault, LIST_REFUNDS};
use super::plan::{Plan, Planned};

/// The simulators' records.
pub(crate) struct Records {
    pub(crate) partner_journal: Vec<Value>,
    pub(crate) operations: Vec<Value>,
    pub(crate) callbacks: Vec<Value>,
    pub(crate) billing_journal: Vec<Value>,
    pub(crate) stripe_journal: Vec<Value>,
    /// Stripe's events, as they were delivered.
    pub(crate) events: Vec<Value>,
}

/// How often a kind was planned, and how often it occurred.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct Occurrence {
    pub(crate) planned: usize,
    pub(crate) occurred: usize,
}

impl Records {
    /// Every kind of fault of the plan.
    pub(crate) fn occurrences<'p>(&self, plan: &'p Plan) -> BTreeMap<&'p str, Occurrence> {
        let mut occurrences: BTreeMap<&str, Occurrence> = BTreeMap::new();
        for planned in &plan.operations {
            if let Some(fault) = &planned.fault {
                let occurrence = occurrences.entry(&fault.name).or_default();
                occurrence.planned += 1;
                occurrence.occurred += usize::from(self.show(planned, fault));
            }
        }
        occurrences
    }

    fn show(&self, planned: &Planned, fault: &Fault) -> bool {
        let is_about = |entry: &&Value| {
            entry["request_id"] == planned.operation.request_id.as_str()
                || entry["order_id"] == planned.operation.order_id.as_str()
        };
        let faulty = |journal: &[Value]| {
            let mut about = journal.iter().filter(is_about);
            about.any(|entry| !entry["fault"].is_null())
        };
        let mut operations = self.operations.iter().filter(is_about);
        let callbacks = self.callbacks.iter().filter(is_about).count();
        let is_final = |operation: &Value| !operation["finished_at"].is_null();
        let mut stripe = self.stripe_journal.iter();
        let is_executed = |entry: &Value| entry["status"].as_u64() != Some(0);
        let events = self.events.iter().filter(is_about).count();
        match &fault.evidence {
            Evidence::PartnerJournal => faulty(&self.partner_journal),
            Evidence::BillingJournal => faulty(&self.billing_journal),
            Evidence::Accepted => operations.next().is_some(),
            Evidence::Declined => operations.any(|it| it["status"] == "DECLINED"),
            Evidence::Callbacks(least) => operations.any(is_final) && callbacks >= *least,
            Evidence::NoCallback => operations.any(is_final) && callbacks == 0,
            Evidence::ForeignCallback => {
                let mut sent = self.callbacks.iter();
                operations.any(is_final) && sent.any(|it| it["request_id"] == FOREIGN_REQUEST)
            }
            // Its list names no request.
            Evidence::StripeFault(call) => stripe.any(|it| {
                let is_about = *call == LIST_REFUNDS || is_about(&it);
                it["operation"] == *call && is_about && !it["fault"].is_null()
            }),
            Evidence::StripeExecuted(call) => stripe
                .filter(is_about)
                .any(|it| it["operation"] == *call && is_executed(it)),
            Evidence::Events(least) => events >= *least,
            Evidence::NoEvent => stripe.filter(is_about).any(is_executed) && events == 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_fault_counts_when_a_record_about_its_operation_tells_it() {
        let plan = Plan::new(1, 300);
        let with = |evidence| {
            let mut operations = plan.operations.iter();
            operations
                .find(|it| {
                    it.fault
                        .as_ref()
                        .is_some_and(|fault| fault.evidence == evidence)
                })
                .unwrap()
        };
        let (journal, lost) = (with(Evidence::PartnerJournal), with(Evidence::NoCallback));
        let mut records = Records {
            partner_journal: vec![json!({ "order_id": journal.operation.order_id, "fault": null })],
            operations: vec![
                json!({ "request_id": lost.operation.request_id, "finished_at": "now" }),
            ],
            callbacks: Vec::new(),
            billing_journal: Vec::new(),
            stripe_journal: Vec::new(),
            events: Vec::new(),
        };
        let told = |records: &Records, planned: &Planned| {
            records.show(planned, planned.fault.as_ref().unwrap())
        };
        assert!(!told(&records, journal));
        assert!(told(&records, lost));
        records.partner_journal[0]["fault"] = json!("reset");
        records
            .callbacks
            .push(json!({ "request_id": lost.operation.request_id }));
        assert!(told(&records, journal));
        assert!(!told(&records, lost));
        let sum = records
            .occurrences(&plan)
            .values()
            .map(|it| it.occurred)
            .sum::<usize>();
        assert_eq!(sum, 1);
    }
}
