//! Operations whose newest run ended without saying what happened to the money: terminated, timed
//! out, or failed half way. An operation that was started again under its id does not count any
//! more.

use std::collections::BTreeMap;

use jiff::Timestamp;
use temporalio_common::protos::temporal::api::enums::v1::WorkflowExecutionStatus;
use temporalio_common::protos::temporal::api::workflow::v1::WorkflowExecutionInfo;

use super::tally::identity;

/// The newest such run of each operation, by its workflow id.
#[derive(Default)]
pub(crate) struct CutOff(BTreeMap<String, Run>);

struct Run {
    operation: &'static str,
    status: &'static str,
    started_at: Timestamp,
    /// Whether the operation has a later run.
    goes_on: bool,
}

const OPERATIONS: [&str; 2] = ["extra_payment", "payment_reversal"];

const STATUSES: [(WorkflowExecutionStatus, &str); 3] = [
    (WorkflowExecutionStatus::Terminated, "terminated"),
    (WorkflowExecutionStatus::TimedOut, "timed_out"),
    (WorkflowExecutionStatus::Failed, "failed"),
];

impl CutOff {
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
            operation,
            status,
            started_at,
            goes_on: false,
        };
        let newest = self.0.get(&workflow_id).map(|known| known.started_at);
        if newest.is_none_or(|newest| newest < started_at) {
            self.0.insert(workflow_id, run);
        }
    }

    /// Any run of these operations.
    pub(crate) fn add_run(&mut self, row: &WorkflowExecutionInfo) {
        if let Some((workflow_id, _, started_at)) = identity(row)
            && let Some(run) = self.0.get_mut(&workflow_id)
        {
            run.goes_on |= started_at > run.started_at;
        }
    }

    /// The operations whose other runs have to be looked for. None of these ids can contain a
    /// quote.
    pub(crate) fn workflow_ids(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }

    /// How many there are of each kind and status, including zeros.
    pub(crate) fn counts(&self) -> Vec<(&'static str, &'static str, u32)> {
        let mut counts = BTreeMap::new();
        for operation in OPERATIONS {
            counts.extend(STATUSES.map(|(_, status)| ((operation, status), 0)));
        }
        for run in self.0.values().filter(|run| !run.goes_on) {
            *counts.entry((run.operation, run.status)).or_default() += 1;
        }
        let counts = counts.into_iter();
        counts
            .map(|((operation, status), count)| (operation, status, count))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use temporalio_common::protos::temporal::api::common::v1::{WorkflowExecution, WorkflowType};

    use super::*;

    fn run(id: &str, status: WorkflowExecutionStatus, second: i64) -> WorkflowExecutionInfo {
        let mut row = WorkflowExecutionInfo {
            execution: Some(WorkflowExecution {
                workflow_id: id.to_owned(),
                ..Default::default()
            }),
            r#type: Some(WorkflowType {
                name: "process_payment_reversal".to_owned(),
            }),
            start_time: Some(Default::default()),
            ..Default::default()
        };
        row.set_status(status);
        row.start_time.as_mut().unwrap().seconds = 1_790_000_000 + second;
        row
    }

    fn counted(cut_off: &CutOff) -> Vec<(&'static str, &'static str, u32)> {
        let counts = cut_off.counts().into_iter();
        counts.filter(|(_, _, count)| *count > 0).collect()
    }

    #[test]
    fn what_ended_by_force_counts_until_it_was_started_again() {
        let mut cut_off = CutOff::default();
        for (id, status, second) in [
            ("sky-payment-1", WorkflowExecutionStatus::Terminated, 1),
            ("sky-payment-1", WorkflowExecutionStatus::TimedOut, 2),
            ("sky-payment-2", WorkflowExecutionStatus::TimedOut, 1),
            ("sky-payment-3", WorkflowExecutionStatus::Failed, 1),
            ("somebody-elses", WorkflowExecutionStatus::Terminated, 1),
        ] {
            cut_off.add(&run(id, status, second));
        }
        assert_eq!(cut_off.counts().len(), 6);
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
        cut_off.add_run(&run("sky-payment-1", WorkflowExecutionStatus::Running, 3));
        let left = [
            ("payment_reversal", "failed", 1),
            ("payment_reversal", "timed_out", 1),
        ];
        assert_eq!(counted(&cut_off), left);
    }
}
