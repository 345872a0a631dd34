//! Finding operations by their search attributes.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures::TryStreamExt;
use jiff::Timestamp;
use temporalio_client::{Client, WorkflowListOptions};
use tokio::time::sleep;
use workflows::contract::ids::OrderId;
use workflows::contract::kind::Kind;
use workflows::contract::request::InvalidRequest;
use workflows::contract::search_attributes::{MERCHANT, ORDER_ID, PHASE};
use workflows::contract::state::Phase;

use crate::description::{Description, WorkflowExecutionStatus};
use crate::error::Error;
use crate::workflow_type::workflow_type;

/// Temporal returns a list in pages of this size, and by default answers ten such requests a second
/// for the whole namespace.
const PAGE: usize = 1000;
const PAUSE_BETWEEN_PAGES: Duration = Duration::from_millis(250);

/// The number of workflow ids in one query.
const IDS_AT_ONCE: usize = 100;

/// Which operations to list; all if nothing is set.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Filter {
    /// Only those in this phase.
    pub phase: Option<Phase>,
    /// Only those of this order.
    pub order_id: Option<OrderId>,
    /// Only those of this merchant account, by its name in the configuration.
    pub merchant: Option<String>,
    /// Only those that began before this time.
    pub begun_before: Option<Timestamp>,
    /// Only those whose newest run has this status. Running operations with a paused step count as
    /// paused too.
    pub status: Option<WorkflowExecutionStatus>,
    /// Only those that have not ended: they are running or paused.
    pub open: bool,
}

/// Not closed, whatever else Temporal calls it: a paused run is not "running", but it is open.
const OPEN: &str = "CloseTime IS NULL";

/// Paused, or with a paused step.
const STANDS_STILL: &str =
    r#"CloseTime IS NULL AND (ExecutionStatus = "Paused" OR TemporalPauseInfo IS NOT NULL)"#;

impl Filter {
    /// The filter in Temporal's query language, for `temporal workflow list --query`. A value with
    /// a double quote or a backslash is refused: the server compares values together with their
    /// escapes and would find nothing.
    ///
    /// The time is compared with the start of the current run here. An operation that waits for
    /// long continues in new runs; [`crate::PaymentsClient::list`] finds those too.
    pub fn query(&self) -> Result<String, Error> {
        self.query_beside(&[])
    }

    /// `older` are operations that began in time, in an earlier run.
    fn query_beside(&self, older: &[String]) -> Result<String, Error> {
        let mut query = self.of_the_operation()?;
        // A run that another one continues is not the current run of its operation.
        query += r#" AND ExecutionStatus != "ContinuedAsNew""#;
        if let Some(phase) = self.phase {
            query += &format!(r#" AND {} = "{}""#, PHASE.name(), phase.as_str());
        }
        match self.status {
            None => {}
            Some(WorkflowExecutionStatus::Paused) => query += &format!(" AND {STANDS_STILL}"),
            Some(status) => query += &format!(r#" AND ExecutionStatus = "{}""#, name(status)),
        }
        // An operation that ended without an outcome keeps its last phase.
        let is_on_its_way = self.phase.is_some_and(|phase| phase != Phase::Closed);
        if self.open || (is_on_its_way && self.status.is_none()) {
            query += &format!(" AND {OPEN}");
        }
        if let Some(before) = self.begun_before {
            let started = format!(r#"StartTime < "{before:.3}""#);
            query += &if older.is_empty() {
                format!(" AND {started}")
            } else {
                let older = older.join(r#"", ""#);
                format!(r#" AND ({started} OR WorkflowId IN ("{older}"))"#)
            };
        }
        Ok(query)
    }

    /// The conditions for every run of an operation.
    fn of_the_operation(&self) -> Result<String, Error> {
        let types = [Kind::ExtraPayment, Kind::PaymentReversal].map(workflow_type);
        let mut query = format!(r#"WorkflowType IN ("{}", "{}")"#, types[0], types[1]);
        let order_id = self.order_id.as_ref().map(OrderId::as_str);
        for (field, name, value) in [
            ("order_id", ORDER_ID.name(), order_id),
            ("merchant", MERCHANT.name(), self.merchant.as_deref()),
        ] {
            if let Some(value) = value {
                query += &format!(r#" AND {name} = "{}""#, searchable(field, value)?);
            }
        }
        Ok(query)
    }
}

/// The status in Temporal's query language.
fn name(status: WorkflowExecutionStatus) -> &'static str {
    match status {
        WorkflowExecutionStatus::Unspecified => "Unspecified",
        WorkflowExecutionStatus::Running => "Running",
        WorkflowExecutionStatus::Paused => "Paused",
        WorkflowExecutionStatus::Completed => "Completed",
        WorkflowExecutionStatus::Failed => "Failed",
        WorkflowExecutionStatus::Canceled => "Canceled",
        WorkflowExecutionStatus::Terminated => "Terminated",
        WorkflowExecutionStatus::ContinuedAsNew => "ContinuedAsNew",
        WorkflowExecutionStatus::TimedOut => "TimedOut",
    }
}

/// A value that Temporal can compare in a query; `field` is its name in an error.
pub fn searchable<'a>(field: &str, value: &'a str) -> Result<&'a str, InvalidRequest> {
    if value.contains(['"', '\\']) {
        Err(InvalidRequest::new(
            field,
            "temporal cannot search for a double quote or a backslash",
        ))
    } else {
        Ok(value)
    }
}

pub(crate) async fn list(
    client: &Client,
    filter: &Filter,
    limit: usize,
) -> Result<Vec<Description>, Error> {
    let beginnings = beginnings(client, filter).await?;
    let in_time = |begun: &Timestamp| filter.begun_before.is_some_and(|before| *begun < before);
    let older = beginnings.iter().filter(|(_, begun)| in_time(begun));
    let older: Vec<String> = older.map(|(id, _)| id.clone()).collect();
    let mut found = rows(client, filter.query_beside(&older)?, limit).await?;
    // An operation that was terminated and started again is still one operation; its newest run
    // counts.
    let mut seen = BTreeSet::new();
    found.sort_by_key(|it| Reverse(it.started_at));
    found.retain(|it| seen.insert(it.request_id.workflow_id()));
    if filter.status.is_some() {
        without_earlier_runs(client, &mut found).await?;
    }
    for description in &mut found {
        let begun = beginnings.get(&description.request_id.workflow_id());
        description.begun_at = begun.copied().or(description.begun_at);
    }
    Ok(found)
}

/// Keeps the runs that have no later one: an operation that was ended by force and started again is
/// represented by its newest run.
async fn without_earlier_runs(client: &Client, found: &mut Vec<Description>) -> Result<(), Error> {
    let ids: Vec<String> = found.iter().map(|it| it.request_id.workflow_id()).collect();
    let mut newest = BTreeMap::new();
    for ids in ids.chunks(IDS_AT_ONCE) {
        let query = format!(r#"WorkflowId IN ("{}")"#, ids.join(r#"", ""#));
        for run in rows(client, query, usize::MAX).await? {
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
    client: &Client,
    filter: &Filter,
) -> Result<BTreeMap<String, Timestamp>, Error> {
    let query = filter.of_the_operation()? + r#" AND ExecutionStatus = "ContinuedAsNew""#;
    let mut beginnings = BTreeMap::new();
    for run in rows(client, query, usize::MAX).await? {
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
    client: &Client,
    query: String,
    limit: usize,
) -> Result<Vec<Description>, Error> {
    let options = WorkflowListOptions::builder().limit(limit).build();
    let mut rows = client.list_workflows(query, options);
    let (mut found, mut seen) = (Vec::new(), 0);
    while let Some(row) = rows.try_next().await.map_err(not_listed)? {
        found.extend(Description::read(row.raw()));
        seen += 1;
        if seen % PAGE == 0 {
            sleep(PAUSE_BETWEEN_PAGES).await;
        }
    }
    Ok(found)
}

/// For a list, only the namespace can be missing.
fn not_listed(error: impl Into<Error>) -> Error {
    match error.into() {
        Error::NotFound => Error::Misconfigured("there is no such namespace".to_owned()),
        error => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_order(text: &str) -> Filter {
        Filter {
            phase: Some(Phase::NeedsAttention),
            order_id: Some(OrderId::parse(text).unwrap()),
            ..Filter::default()
        }
    }

    #[test]
    fn an_order_id_cannot_leave_its_quotes() {
        assert_eq!(
            of_order("o'1").query().unwrap(),
            r#"WorkflowType IN ("process_extra_payment", "process_payment_reversal") "#.to_owned()
                + r#"AND SkyOrderId = "o'1" AND ExecutionStatus != "ContinuedAsNew" "#
                + r#"AND SkyPhase = "needs_attention" AND CloseTime IS NULL"#
        );
        for text in [r#"o"1"#, r"o\1"] {
            assert!(of_order(text).query().is_err());
            let over = Filter {
                merchant: Some(text.to_owned()),
                ..Filter::default()
            };
            assert!(over.query().is_err());
        }
    }

    #[test]
    fn paused_are_those_with_a_paused_step_too() {
        let filter = Filter {
            status: Some(WorkflowExecutionStatus::Paused),
            ..Filter::default()
        };
        let query = filter.query().unwrap();
        assert!(query.contains("TemporalPauseInfo IS NOT NULL"), "{query}");
    }

    #[test]
    fn what_began_in_an_earlier_run_is_asked_for_by_its_id() {
        let filter = Filter {
            begun_before: Some("2026-11-24T08:00:00Z".parse().unwrap()),
            ..Filter::default()
        };
        let alone = filter.query().unwrap();
        assert!(
            alone.ends_with(r#" AND StartTime < "2026-11-24T08:00:00.000Z""#),
            "{alone}"
        );
        let beside = filter.query_beside(&["sky-payment-a".into(), "sky-payment-b".into()]);
        let beside = beside.unwrap();
        let ids = r#" OR WorkflowId IN ("sky-payment-a", "sky-payment-b"))"#;
        assert!(beside.ends_with(ids), "{beside}");
    }
}
