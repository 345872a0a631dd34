//! Our side: what Temporal has of the operations of a report, and of those that it does not list.

use std::collections::HashSet;

use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use temporalio_client::{Client, WorkflowListOptions};
use workflows::ids::RequestId;
use workflows::outcome::Ending;
use workflows::partner_word::Kind;
use workflows::search_attributes::{MERCHANT, OUTCOME};

use super::{DayReport, Entry, RUNNING, Reconciliation, Row, Side, compare, ended, unlisted};
use crate::description::{Description, WorkflowExecutionStatus};
use crate::error::Error;
use crate::listing::searchable;
use crate::operation::OperationHandle;
use crate::workflow_type::workflow_type;

/// How many operations are asked for at the same time.
const AT_ONCE: usize = 16;

/// What we say of one operation.
struct Ours {
    side: Side,
    /// When it ended, by the partner's word; when it closed, where that has none.
    ended_at: Option<Timestamp>,
}

pub(crate) async fn reconcile(
    client: &Client,
    report: DayReport,
    day: Date,
    merchant: Option<&str>,
) -> Result<Reconciliation, Error> {
    let query = closed_since(day, merchant)?;
    let listed: HashSet<RequestId> = report.rows.iter().map(|it| it.request_id.clone()).collect();
    let rows = stream::iter(report.rows).map(|row| held_against_ours(client, row, merchant));
    let mut entries: Vec<Entry> = rows.buffered(AT_ONCE).try_collect().await?;
    let unlisted = client
        .list_workflows(query, WorkflowListOptions::default())
        .map_err(Error::from)
        .try_filter_map(async |row| Ok(Description::read(row.raw())))
        .try_filter(|it| std::future::ready(!listed.contains(&it.request_id)))
        .map_ok(|it| only_ours(client, it.request_id, day))
        .try_buffered(AT_ONCE);
    let unlisted: Vec<Option<Entry>> = unlisted.try_collect().await?;
    entries.extend(unlisted.into_iter().flatten());
    Ok(Reconciliation::new(
        day,
        merchant.map(str::to_owned),
        entries,
    ))
}

/// Temporal's query for what ended by the partner's word and closed on this day or later: an extra
/// payment closes when billing has it, which may be days after the partner completed it.
pub fn closed_since(day: Date, merchant: Option<&str>) -> Result<String, Error> {
    let types = [Kind::ExtraPayment, Kind::PaymentReversal].map(workflow_type);
    let mut query = format!(
        r#"WorkflowType IN ("{}", "{}") AND {} IN ("{}", "{}") AND CloseTime >= "{day}T00:00:00Z""#,
        types[0],
        types[1],
        OUTCOME.name(),
        Ending::Completed.as_str(),
        Ending::Declined.as_str(),
    );
    if let Some(merchant) = merchant {
        let merchant = searchable("merchant", merchant)?;
        query += &format!(r#" AND {} = "{merchant}""#, MERCHANT.name());
    }
    Ok(query)
}

async fn held_against_ours(
    client: &Client,
    row: Row,
    merchant: Option<&str>,
) -> Result<Entry, Error> {
    let ours = find(client, &row.request_id).await?;
    let theirs = Side {
        merchant: merchant.map(str::to_owned),
        ..row.side
    };
    let ours = ours.map(|ours| ours.side);
    Ok(compare(row.request_id, ours, theirs))
}

/// An operation that the report does not list, if it should.
async fn only_ours(
    client: &Client,
    request_id: RequestId,
    day: Date,
) -> Result<Option<Entry>, Error> {
    let ours = find(client, &request_id).await?;
    Ok(ours
        .filter(|ours| ours.ended_at.map(day_of) == Some(day))
        .map(|ours| unlisted(request_id, ours.side)))
}

async fn find(client: &Client, request_id: &RequestId) -> Result<Option<Ours>, Error> {
    let operation = OperationHandle::new(client.clone(), request_id.clone());
    let description = match operation.describe().await {
        Ok(description) => description,
        Err(Error::NotFound) => return Ok(None),
        Err(error) => return Err(error),
    };
    if description.status == WorkflowExecutionStatus::Completed {
        let outcome = operation.result().await?;
        return Ok(Some(Ours {
            ended_at: Some(outcome.completed_at),
            side: ended(description.kind, outcome),
        }));
    }
    Ok(Some(Ours {
        ended_at: description.closed_at,
        side: without_outcome(description),
    }))
}

/// What still runs, and what ended in another way than the contract's.
fn without_outcome(description: Description) -> Side {
    let status = match description.status {
        WorkflowExecutionStatus::Running | WorkflowExecutionStatus::ContinuedAsNew => RUNNING,
        WorkflowExecutionStatus::Canceled => "cancelled",
        WorkflowExecutionStatus::Terminated => "terminated",
        _ => "failed",
    };
    Side {
        kind: description.kind.partner_word(),
        status: status.to_owned(),
        money: description.money,
        partner_payment_id: None,
        merchant: description.merchant,
    }
}

fn day_of(moment: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(moment).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_merchant_cannot_leave_its_quotes() {
        let day = "2026-11-24".parse().unwrap();
        let query = closed_since(day, Some("kg-main")).unwrap();
        assert!(
            query.ends_with(
                r#"AND CloseTime >= "2026-11-24T00:00:00Z" AND SkyMerchant = "kg-main""#
            ),
            "{query}"
        );
        assert!(closed_since(day, Some(r#"kg" OR "1" = "1"#)).is_err());
    }
}
