//! Finding operations by their search attributes.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures::TryStreamExt;
use jiff::Timestamp;
use temporalio_client::WorkflowListOptions;
use tokio::time::sleep;

use crate::at::At;
use crate::connection::Connection;
use crate::description::Description;
use crate::error::Error;
use crate::filter::Filter;

/// Temporal returns a list in pages of this size, and by default answers ten such requests a second
/// for the whole namespace.
const PAGE: usize = 1000;
const PAUSE_BETWEEN_PAGES: Duration = Duration::from_millis(250);

/// The number of workflow ids in one query.
const IDS_AT_ONCE: usize = 100;

pub(crate) async fn list(
    connection: &Connection,
    filter: &Filter,
    limit: usize,
) -> Result<Vec<Description>, Error> {
    let beginnings = beginnings(connection, filter).await?;
    let in_time = |begun: &Timestamp| filter.begun_before.is_some_and(|before| *begun < before);
    let older = beginnings.iter().filter(|(_, begun)| in_time(begun));
    let older: Vec<String> = older.map(|(id, _)| id.clone()).collect();
    let mut found = rows(connection, filter.query_beside(&older)?, limit).await?;
    // An operation that was terminated and started again is still one operation; its newest run
    // counts.
    let mut seen = BTreeSet::new();
    found.sort_by_key(|it| Reverse(it.started_at));
    found.retain(|it| seen.insert(it.request_id.workflow_id()));
    if filter.status.is_some() {
        without_earlier_runs(connection, &mut found).await?;
    }
    for description in &mut found {
        let begun = beginnings.get(&description.request_id.workflow_id());
        description.begun_at = begun.copied().or(description.begun_at);
    }
    newest_first(&mut found, filter.begun_since);
    Ok(found)
}

/// By the first runs. The current run of one that began earlier may have started `since`.
fn newest_first(found: &mut Vec<Description>, since: Option<Timestamp>) {
    found.retain(|it| since.is_none_or(|since| it.begun_at.is_none_or(|begun| begun >= since)));
    found.sort_by_key(|it| Reverse(it.begun_at));
}

/// Keeps the runs that have no later one: an operation that was ended by force and started again is
/// represented by its newest run.
async fn without_earlier_runs(
    connection: &Connection,
    found: &mut Vec<Description>,
) -> Result<(), Error> {
    let ids: Vec<String> = found.iter().map(|it| it.request_id.workflow_id()).collect();
    let mut newest = BTreeMap::new();
    for ids in ids.chunks(IDS_AT_ONCE) {
        let query = format!(r#"WorkflowId IN ("{}")"#, ids.join(r#"", ""#));
        for run in rows(connection, query, usize::MAX).await? {
            let start: &mut Option<Timestamp> =
                newest.entry(run.request_id.workflow_id()).or_default();
            *start = run.started_at.max(*start);
        }
    }
    found.retain(|it| {
        let start = newest.get(&it.request_id.workflow_id());
        start.is_none_or(|start| it.started_at >= *start)
    });
    Ok(())
}

/// When the operations that have continued in a new run began, by workflow id, as far as their
/// first runs are kept.
async fn beginnings(
    connection: &Connection,
    filter: &Filter,
) -> Result<BTreeMap<String, Timestamp>, Error> {
    let query = filter.of_the_operation()? + r#" AND ExecutionStatus = "ContinuedAsNew""#;
    let mut beginnings = BTreeMap::new();
    for run in rows(connection, query, usize::MAX).await? {
        if let Some(started_at) = run.started_at {
            let begun = beginnings
                .entry(run.request_id.workflow_id())
                .or_insert(started_at);
            *begun = started_at.min(*begun);
        }
    }
    Ok(beginnings)
}

pub(crate) async fn rows(
    connection: &Connection,
    query: String,
    limit: usize,
) -> Result<Vec<Description>, Error> {
    let options = WorkflowListOptions::builder().limit(limit).build();
    let mut rows = connection.client.list_workflows(query, options);
    let (mut found, mut seen) = (Vec::new(), 0);
    while let Some(row) = rows
        .try_next()
        .await
        .map_err(|it| it.at(&connection.place))?
    {
        found.extend(Description::read(row.raw()));
        seen += 1;
        if seen % PAGE == 0 {
            sleep(PAUSE_BETWEEN_PAGES).await;
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use workflows::contract::ids::RequestId;
    use workflows::contract::kind::Kind;

    use super::*;
    use crate::description::WorkflowExecutionStatus;

    #[test]
    fn one_that_continued_in_a_newer_run_is_as_old_as_its_first() {
        let at = |second| Some(Timestamp::from_second(second).unwrap());
        let operation = |id: &str, begun, started| Description {
            request_id: RequestId::parse(id).unwrap(),
            run_id: String::new(),
            kind: Kind::ExtraPayment,
            status: WorkflowExecutionStatus::Running,
            pause: None,
            paused_step: None,
            history_length: 3,
            begun_at: at(begun),
            started_at: at(started),
            closed_at: None,
            order_id: None,
            merchant: None,
            phase: None,
            outcome: None,
            money: None,
        };
        let ids = |since: Option<Timestamp>| {
            let mut found = vec![
                operation("continued", 10, 40),
                operation("new", 30, 30),
                operation("old", 20, 20),
            ];
            newest_first(&mut found, since);
            let ids = found.iter().map(|it| it.request_id.to_string());
            ids.collect::<Vec<String>>()
        };
        assert_eq!(ids(None), ["new", "old", "continued"]);
        assert_eq!(ids(at(20)), ["new", "old"]);
    }
}
