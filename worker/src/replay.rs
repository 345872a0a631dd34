//! `sky-worker replay`: whether this build can go on with what is open in a live namespace. A gate
//! before a deploy.
//!
//! It is a verb of the worker, since it has to be asked of the very program that is to be deployed,
//! from where Temporal can be reached.

use std::fmt;

use clap::Args;
use futures::{StreamExt, TryStreamExt, stream};
use temporalio_client::{
    Client, NamespacedClient, UntypedWorkflow, WorkflowExecution, WorkflowExecutionInfo,
    WorkflowHandle, WorkflowHistory, WorkflowListOptions,
};
use temporalio_common::protos::temporal::api::history::v1::History;
use temporalio_common::protos::temporal::api::history::v1::history_event::Attributes;
use temporalio_common::search_attributes::SearchAttributeKey;
use temporalio_sdk::workflow_replayer::{WorkflowReplayer, WorkflowReplayerOptions};
use terminal_text::{print, shown};

use crate::{Failure, workflow_types};

/// What to replay.
#[derive(Args)]
pub(crate) struct Arguments {
    /// How many closed operations of each workflow type are replayed too, the newest first
    #[arg(long, default_value_t = 100)]
    closed: usize,
}

/// The number of histories that are held in memory at once.
const AT_ONCE: usize = 200;

const FETCHED_AT_ONCE: usize = 8;

const BUILD: SearchAttributeKey<String> =
    SearchAttributeKey::keyword("TemporalWorkerDeploymentVersion");
const BEHAVIOR: SearchAttributeKey<String> =
    SearchAttributeKey::keyword("TemporalWorkflowVersioningBehavior");

/// Replays them, prints those that fail, and fails if a deploy of this build would break one.
pub(crate) fn replay(arguments: &Arguments) -> Result<(), Failure> {
    let runtime = tokio::runtime::Runtime::new().map_err(Failure::other)?;
    let found = runtime.block_on(replay_all(arguments))?;
    print(&found);
    match found.broken {
        0 => Ok(()),
        _ => Err(Failure::Other(
            "don't deploy this build for all; see docs/upgrading.md".to_owned(),
        )),
    }
}

/// What was replayed, and what of it this build can't go on with.
#[derive(Default)]
struct Found {
    open: usize,
    closed: usize,
    broken: usize,
    /// Of those that stay on another build.
    broken_elsewhere: usize,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} open and {} closed workflows replayed: this build breaks {}",
            self.open, self.closed, self.broken
        )?;
        if self.broken_elsewhere > 0 {
            write!(
                f,
                "\n{} more are pinned to another build, and break only if they are moved by hand",
                self.broken_elsewhere
            )?;
        }
        Ok(())
    }
}

async fn replay_all(arguments: &Arguments) -> Result<Found, Failure> {
    let settings = temporal_connection::from_environment(None)?;
    let client = temporal_connection::connect(&settings).await?;
    let mut options = WorkflowReplayerOptions::new().build();
    workflow_types::replayed_by(&mut options).map_err(Failure::other)?;
    let replayer = WorkflowReplayer::new(options).map_err(Failure::other)?;
    let mut found = Found::default();
    for kind in workflow_types::names() {
        let open = format!(r#"WorkflowType = "{kind}" AND CloseTime IS NULL"#);
        let open = list(&client, &open, None).await?;
        found.open += open.len();
        let closed = format!(r#"WorkflowType = "{kind}" AND CloseTime IS NOT NULL"#);
        let closed = list(&client, &closed, Some(arguments.closed)).await?;
        found.closed += closed.len();
        for some in [open, closed].concat().chunks(AT_ONCE) {
            replay_some(&client, &replayer, some, &mut found).await?;
        }
    }
    Ok(found)
}

async fn list(
    client: &Client,
    query: &str,
    limit: Option<usize>,
) -> Result<Vec<WorkflowExecution>, Failure> {
    let options = WorkflowListOptions::builder().maybe_limit(limit).build();
    let listed = client.list_workflows(query, options);
    listed.try_collect().await.map_err(Failure::other)
}

/// A reset copies the start with the id of the run that it resets, and the replayer takes that for the
/// run's own.
async fn history(client: &Client, run: &WorkflowExecution) -> Result<WorkflowHistory, Failure> {
    let info = WorkflowExecutionInfo::builder()
        .namespace(client.namespace())
        .workflow_id(run.id())
        .run_id(run.run_id())
        .build();
    let handle = WorkflowHandle::<Client, UntypedWorkflow>::new(client.clone(), info);
    let events = handle.fetch_history(Default::default()).into_events();
    let mut events = events.await.map_err(Failure::other)?;
    let start = events.first_mut().and_then(|it| it.attributes.as_mut());
    if let Some(Attributes::WorkflowExecutionStartedEventAttributes(start)) = start {
        run.run_id()
            .clone_into(&mut start.original_execution_run_id);
    }
    Ok(History { events }.into())
}

async fn replay_some(
    client: &Client,
    replayer: &WorkflowReplayer,
    runs: &[WorkflowExecution],
    found: &mut Found,
) -> Result<(), Failure> {
    let histories = runs.iter().map(|run| history(client, run));
    let histories: Vec<WorkflowHistory> = stream::iter(histories)
        .buffered(FETCHED_AT_ONCE)
        .try_collect()
        .await?;
    let results = replayer
        .replay_workflows(histories)
        .await
        .map_err(Failure::other)?;
    for (run, result) in runs.iter().zip(results) {
        let Some(failure) = result.replay_failure else {
            continue;
        };
        let attributes = run.search_attributes();
        let is_pinned = attributes.get(&BEHAVIOR).as_deref() == Some("Pinned");
        let place = match attributes.get(&BUILD) {
            Some(build) if is_pinned => format!("pinned to {build}"),
            Some(build) => format!("on {build}"),
            None => "on no build".to_owned(),
        };
        print(&broken(run.id(), run.run_id(), &place, &failure));
        if is_pinned {
            found.broken_elsewhere += 1;
        } else {
            found.broken += 1;
        }
    }
    Ok(())
}

/// What this build can't go on with, and why, on one line.
fn broken(id: &str, run_id: &str, place: &str, failure: &dyn fmt::Display) -> String {
    shown(&format!("{id} ({run_id}, {place}): {failure}")).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::views::assert_view;

    #[test]
    fn what_a_build_breaks_fits_the_terminal() {
        let run_id = "0199c2a4-8a2f-7d6e-b0a1-5f0b3d1c9e77";
        let place = "pinned to sky-worker:c4e3a895";
        let failure = "Nondeterminism error: Timer machine does not handle this event:\n\
                       HistoryEvent(id: 7, ActivityTaskScheduled)";
        let found = Found {
            open: 40,
            closed: 500,
            broken: 0,
            broken_elsewhere: 1,
        };
        let broken = broken("sky-payment-ride-7-pay", run_id, place, &failure);
        assert_view("replay", &format!("{broken}\n{found}"));
    }
}
