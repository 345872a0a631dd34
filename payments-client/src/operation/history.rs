//! What happened to an operation, as Temporal recorded it.

use temporalio_client::WorkflowFetchHistoryOptions;
use temporalio_common::protos::temporal::api::history::v1::HistoryEvent;
use temporalio_common::protos::temporal::api::history::v1::history_event::Attributes;

use super::OperationHandle;
use crate::error::Error;

/// The maximum number of runs of one operation that are read; it covers weeks of asking.
const MOST_RUNS: usize = 50;

impl OperationHandle {
    /// The events of all its runs, oldest first, as far as Temporal still keeps them.
    pub async fn history(&self) -> Result<Vec<HistoryEvent>, Error> {
        let mut run_id = self.describe().await?.run_id;
        let mut runs: Vec<Vec<HistoryEvent>> = Vec::new();
        while !run_id.is_empty() && runs.len() < MOST_RUNS {
            let events = match self.history_of(&run_id).await {
                // Temporal has deleted it.
                Err(Error::NotFound(_)) if !runs.is_empty() => break,
                events => events?,
            };
            run_id = continued_run(&events).unwrap_or_default();
            runs.push(events);
        }
        runs.reverse();
        Ok(runs.concat())
    }

    async fn history_of(&self, run_id: &str) -> Result<Vec<HistoryEvent>, Error> {
        let options = WorkflowFetchHistoryOptions::default();
        let events = self.run(run_id).fetch_history(options).into_events();
        events.await.map_err(self.blame())
    }
}

/// The run that this one continues.
fn continued_run(events: &[HistoryEvent]) -> Option<String> {
    match events.first()?.attributes.as_ref()? {
        Attributes::WorkflowExecutionStartedEventAttributes(it) => {
            Some(it.continued_execution_run_id.clone())
        }
        _ => None,
    }
}
