//! The earlier runs of operations that went on as new ones: they show since when they are open.

use std::collections::BTreeMap;

use jiff::Timestamp;
use temporalio_common::protos::temporal::api::workflow::v1::WorkflowExecutionInfo;

use super::identity::identity;

/// The earliest start of each operation's earlier runs, by its workflow id.
#[derive(Default)]
pub(crate) struct Earlier(BTreeMap<String, Timestamp>);

impl Earlier {
    /// Adds a run that another one continues.
    pub(crate) fn add(&mut self, row: &WorkflowExecutionInfo) {
        if let Some((workflow_id, _, started_at)) = identity(row) {
            let earliest = self.0.entry(workflow_id).or_insert(started_at);
            *earliest = started_at.min(*earliest);
        }
    }

    /// When an operation whose newest run started then was started.
    pub(crate) fn start(&self, workflow_id: &str, newest: Timestamp) -> Timestamp {
        let earliest = self.0.get(workflow_id).copied();
        earliest.map_or(newest, |earliest| earliest.min(newest))
    }
}
