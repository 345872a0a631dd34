//! Operations whose newest run ended without saying what happened to the money: terminated, timed
//! out, or failed half way; and second looks that were terminated or timed out, with which a watch or
//! an incident ended. What went on as a later run of its id does not count any more.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use temporalio_common::protos::temporal::api::enums::v1::WorkflowExecutionStatus;
use temporalio_common::protos::temporal::api::workflow::v1::WorkflowExecutionInfo;
use workflows::contract::state::Phase;

use super::identity::identity;
use super::labels;
use super::part::AFTER_SENDING;

/// The newest such run of each operation.
pub(crate) struct CutOff<'a> {
    merchants: &'a BTreeSet<String>,
    /// By its workflow id and kind: a payment and a reversal can have the same id.
    runs: BTreeMap<(String, &'static str), Run>,
}

struct Run {
    status: &'static str,
    merchant: String,
    started_at: Timestamp,
    /// Whether a later run has taken over.
    goes_on: bool,
}

const LOOK_AGAIN: &str = "look_again";

const OPERATIONS: [&str; 3] = ["extra_payment", "payment_reversal", LOOK_AGAIN];

const STATUSES: [(WorkflowExecutionStatus, &str); 3] = [
    (WorkflowExecutionStatus::Terminated, "terminated"),
    (WorkflowExecutionStatus::TimedOut, "timed_out"),
    (WorkflowExecutionStatus::Failed, "failed"),
];

impl<'a> CutOff<'a> {
    /// None yet, of the accounts with these names.
    pub(crate) fn new(merchants: &'a BTreeSet<String>) -> CutOff<'a> {
        CutOff {
            merchants,
            runs: BTreeMap::new(),
        }
    }

    /// A run that ended this way.
    pub(crate) fn add(&mut self, row: &WorkflowExecutionInfo) {
        let Some((workflow_id, operation, started_at)) = identity(row) else {
            return;
        };
        let mut statuses = STATUSES.iter();
        let Some((_, status)) = statuses.find(|(status, _)| *status == row.status()) else {
            return;
        };
        let run = Run {
            status,
            merchant: labels::merchant(&labels::attributes(row), self.merchants),
            started_at,
            goes_on: false,
        };
        let key = (workflow_id, operation);
        let newest = self.runs.get(&key).map(|known| known.started_at);
        if newest.is_none_or(|newest| newest < started_at) {
            self.runs.insert(key, run);
        }
    }

    /// Any run of these operations.
    pub(crate) fn add_run(&mut self, row: &WorkflowExecutionInfo) {
        if let Some((workflow_id, operation, started_at)) = identity(row)
            && let Some(run) = self.runs.get_mut(&(workflow_id, operation))
        {
            let takes_over = operation == LOOK_AGAIN || asks_the_partner(row);
            run.goes_on |= started_at > run.started_at && takes_over;
        }
    }

    /// The operations whose other runs have to be looked for. None of these ids contains a quote.
    pub(crate) fn workflow_ids(&self) -> Vec<String> {
        let mut ids: Vec<String> = self.runs.keys().map(|(id, _)| id.clone()).collect();
        ids.dedup();
        ids
    }

    /// How many there are of each kind, status and account; 0 where a configured account has none.
    pub(crate) fn counts(&self) -> BTreeMap<(&'static str, &'static str, String), u32> {
        let mut counts = BTreeMap::new();
        for operation in OPERATIONS {
            for (_, status) in STATUSES {
                let names = self.merchants.iter();
                counts.extend(names.map(|name| ((operation, status, name.clone()), 0)));
            }
        }
        for ((_, operation), run) in self.runs.iter().filter(|(_, run)| !run.goes_on) {
            let series = (*operation, run.status, run.merchant.clone());
            *counts.entry(series).or_default() += 1;
        }
        counts
    }
}

/// Not if it was cancelled or refused before it sent anything: what an earlier run of a payment has
/// sent is then as unwatched as before.
fn asks_the_partner(row: &WorkflowExecutionInfo) -> bool {
    match row.status() {
        WorkflowExecutionStatus::Canceled => false,
        WorkflowExecutionStatus::Failed => {
            let phase = labels::phase(&labels::attributes(row));
            AFTER_SENDING.map(Phase::as_str).contains(&phase)
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use temporalio_common::search_attributes::SearchAttributes;
    use workflows::contract::search_attributes::{MERCHANT, PHASE};

    use super::*;
    use crate::open_operations::identity::row;

    fn run(id: &str, status: WorkflowExecutionStatus, second: i64) -> WorkflowExecutionInfo {
        let attributes = SearchAttributes::new([
            MERCHANT.value_set("kg-main".to_owned()),
            PHASE.value_set("closed".to_owned()),
        ]);
        let kind = if id.starts_with("sky-look-again-") {
            "look_again_at_payment"
        } else {
            "process_payment_reversal"
        };
        let mut row = row(id, kind, 1_790_000_000 + second, attributes);
        row.set_status(status);
        row
    }

    fn counted(cut_off: &CutOff) -> Vec<(&'static str, &'static str, u32)> {
        let counts = cut_off.counts().into_iter();
        let counts = counts.filter(|(_, count)| *count > 0);
        counts
            .map(|((operation, status, merchant), count)| {
                assert_eq!(merchant, "kg-main");
                (operation, status, count)
            })
            .collect()
    }

    #[test]
    fn what_ended_by_force_counts_until_it_was_started_again() {
        let merchants = BTreeSet::from(["kg-main".to_owned()]);
        let mut cut_off = CutOff::new(&merchants);
        for (id, status, second) in [
            ("sky-payment-1", WorkflowExecutionStatus::Terminated, 1),
            ("sky-payment-1", WorkflowExecutionStatus::TimedOut, 2),
            ("sky-payment-2", WorkflowExecutionStatus::TimedOut, 1),
            ("sky-payment-3", WorkflowExecutionStatus::Failed, 1),
            ("somebody-elses", WorkflowExecutionStatus::Terminated, 1),
        ] {
            cut_off.add(&run(id, status, second));
        }
        assert_eq!(cut_off.counts().len(), 9);
        let both = [
            ("payment_reversal", "failed", 1),
            ("payment_reversal", "timed_out", 2),
        ];
        assert_eq!(counted(&cut_off), both);
        // The runs themselves, and an earlier one, change nothing.
        for (id, second) in [("sky-payment-1", 2), ("sky-payment-2", 0)] {
            cut_off.add_run(&run(id, WorkflowExecutionStatus::Terminated, second));
        }
        assert_eq!(counted(&cut_off), both);
        // Nor does an operation of another kind under the same id.
        let mut payment = run("sky-payment-1", WorkflowExecutionStatus::Running, 3);
        payment.r#type.as_mut().unwrap().name = "process_extra_payment".to_owned();
        cut_off.add_run(&payment);
        assert_eq!(counted(&cut_off), both);
        cut_off.add_run(&run("sky-payment-1", WorkflowExecutionStatus::Running, 3));
        let left = [
            ("payment_reversal", "failed", 1),
            ("payment_reversal", "timed_out", 1),
        ];
        assert_eq!(counted(&cut_off), left);
    }

    #[test]
    fn a_later_run_that_sent_nothing_hides_no_payment_and_any_later_run_ends_a_second_look() {
        let merchants = BTreeSet::from(["kg-main".to_owned()]);
        let mut cut_off = CutOff::new(&merchants);
        let [payment, look] = ["sky-payment-1", "sky-look-again-1"];
        cut_off.add(&run(payment, WorkflowExecutionStatus::Terminated, 1));
        cut_off.add(&run(look, WorkflowExecutionStatus::TimedOut, 1));
        let both = [
            ("look_again", "timed_out", 1),
            ("payment_reversal", "terminated", 1),
        ];
        for status in [
            WorkflowExecutionStatus::Canceled,
            WorkflowExecutionStatus::Failed,
        ] {
            cut_off.add_run(&run(payment, status, 2));
            assert_eq!(counted(&cut_off), both, "{status:?}");
        }
        cut_off.add_run(&run(look, WorkflowExecutionStatus::Canceled, 2));
        assert_eq!(counted(&cut_off), both[1..]);
        // One that failed half way is counted itself.
        let mut failed = run(payment, WorkflowExecutionStatus::Failed, 3);
        let phase = SearchAttributes::new([PHASE.value_set("verifying".to_owned())]);
        failed.search_attributes = Some(phase.into_proto());
        cut_off.add_run(&failed);
        assert_eq!(counted(&cut_off), []);
    }

    #[test]
    fn an_id_that_could_end_its_quotes_is_not_looked_for() {
        let merchants = BTreeSet::new();
        let mut cut_off = CutOff::new(&merchants);
        let id = r#"sky-look-again-1") OR ("#;
        cut_off.add(&run(id, WorkflowExecutionStatus::Terminated, 1));
        assert!(cut_off.workflow_ids().is_empty());
    }
}
