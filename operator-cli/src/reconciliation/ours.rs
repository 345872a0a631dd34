//! Our side: what Temporal has of the operations of a report, and of those that it does not list.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, TryStreamExt, stream};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use payments_client::{
    Description, Error, Filter, PaymentsClient, WorkflowExecutionStatus, searchable, workflow_type,
};
use workflows::contract::ids::RequestId;
use workflows::contract::kind::Kind;
use workflows::contract::outcome::{Ending, Outcome};
use workflows::contract::search_attributes::{MERCHANT, OUTCOME};
use workflows::operation::partner_report::Status;

use super::comparison::Reconciliation;
use super::day_report::DayReport;
use super::entry::{Entry, Side, Standing};
use super::judgement::{End, Ours, listed, unlisted};
use super::row::day_of;

/// How many operations are asked for at the same time.
const AT_ONCE: usize = 16;

/// Compares our outcomes with a partner's report of one day. Each operation of the report is looked
/// up by its id. Those that are missing in the report are found with Temporal's list, which lags
/// slightly: reconcile a day once it is over.
///
/// With a `merchant`, the report is of that account: our operations of another account are
/// differences, and only its own can be missing.
pub(crate) async fn reconcile(
    payments: &PaymentsClient,
    report: DayReport,
    merchant: Option<&str>,
) -> Result<Reconciliation, Error> {
    let day = report.day;
    let ids: BTreeSet<RequestId> = report.rows.iter().map(|it| it.request_id.clone()).collect();
    let ours = all_of(payments, ids.iter().cloned()).await?;
    let mut entries: Vec<Entry> = Vec::new();
    for mut row in report.rows {
        let ours = ours.get(&row.request_id).cloned();
        row.side.merchant = merchant.map(str::to_owned);
        entries.push(listed(row, ours, day));
    }
    let mut others = BTreeSet::new();
    for query in [closed_since(day, merchant)?, open(merchant)?] {
        let found = payments.search(&query, usize::MAX).await?;
        others.extend(found.into_iter().map(|it| it.request_id));
    }
    let others = others.difference(&ids).cloned();
    let others = all_of(payments, others).await?;
    entries.extend(
        others
            .into_iter()
            .filter_map(|(request_id, ours)| unlisted(request_id, ours, day)),
    );
    Ok(Reconciliation::new(
        day,
        merchant.map(str::to_owned),
        entries,
    ))
}

/// Temporal's query for what the partner or an operator ended and may be of this day. It may have
/// closed days later: an extra payment closes when billing has it. It may also have closed the day
/// before, if the partner's clock is ahead of ours.
pub(crate) fn closed_since(day: Date, merchant: Option<&str>) -> Result<String, Error> {
    let types = [Kind::ExtraPayment, Kind::PaymentReversal].map(workflow_type);
    let endings = [Ending::Completed, Ending::Declined, Ending::Abandoned].map(Ending::as_str);
    let since = day.saturating_sub(1.day());
    let mut query = format!(
        r#"WorkflowType IN ("{}", "{}") AND {} IN ("{}") AND CloseTime >= "{since}T00:00:00Z""#,
        types[0],
        types[1],
        OUTCOME.name(),
        endings.join(r#"", ""#),
    );
    if let Some(merchant) = merchant {
        let merchant = searchable("merchant", merchant)?;
        query += &format!(r#" AND {} = "{merchant}""#, MERCHANT.name());
    }
    Ok(query)
}

fn open(merchant: Option<&str>) -> Result<String, Error> {
    let filter = Filter {
        merchant: merchant.map(str::to_owned),
        open: true,
        ..Filter::default()
    };
    filter.query()
}

/// What we have of each of them.
async fn all_of(
    payments: &PaymentsClient,
    ids: impl Iterator<Item = RequestId>,
) -> Result<BTreeMap<RequestId, Ours>, Error> {
    let found = stream::iter(ids).map(|request_id| async move {
        let ours = find(payments, &request_id).await?;
        Ok::<_, Error>(ours.map(|ours| (request_id, ours)))
    });
    let found: Vec<_> = found.buffered(AT_ONCE).try_collect().await?;
    Ok(found.into_iter().flatten().collect())
}

async fn find(payments: &PaymentsClient, request_id: &RequestId) -> Result<Option<Ours>, Error> {
    let operation = payments.operation(request_id);
    let description = match operation.describe().await {
        Ok(description) => description,
        Err(Error::NotFound(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(Some(match description.status {
        WorkflowExecutionStatus::Completed => ended(&description, operation.result().await?),
        _ => without_outcome(description),
    }))
}

fn ended(description: &Description, outcome: Outcome) -> Ours {
    let day = day_of_end(outcome.completed_at, description.closed_at);
    let end = match (outcome.outcome, &outcome.by_hand) {
        (Ending::Completed | Ending::Declined, None) => End::ByPartner(day),
        (Ending::Completed | Ending::Declined, Some(_)) | (Ending::Abandoned, _) => {
            End::ByHand(day)
        }
        (Ending::Rejected, _) => End::Otherwise,
    };
    let status = match outcome.outcome {
        Ending::Completed => Standing::AtPartner(Status::Completed),
        Ending::Declined => Standing::AtPartner(Status::Declined {
            code: outcome.decline_code.unwrap_or_default(),
        }),
        ending @ (Ending::Rejected | Ending::Abandoned) => Standing::OnlyOurs(ending.as_str()),
    };
    let side = Side {
        kind: description.kind,
        status,
        money: Some(outcome.money),
        partner_payment_id: outcome.partner_payment_id,
        merchant: Some(outcome.merchant),
    };
    Ours { side, end }
}

/// The partner's time. If it is more than a day after the end of the workflow, the day of that end
/// is used instead, because otherwise no comparison would look for it.
fn day_of_end(completed_at: Timestamp, closed_at: Option<Timestamp>) -> Date {
    let latest = closed_at.map(|at| at.saturating_add(24.hours()).unwrap_or(at));
    day_of(latest.map_or(completed_at, |latest| completed_at.min(latest)))
}

/// Operations that are still open, and those that ended without an outcome of the contract.
fn without_outcome(description: Description) -> Ours {
    let begun = day_of(description.begun_at.unwrap_or_default());
    let open = End::Open { begun };
    let (status, end) = match description.status {
        WorkflowExecutionStatus::Running | WorkflowExecutionStatus::ContinuedAsNew => {
            ("running", open)
        }
        WorkflowExecutionStatus::Paused => ("paused", open),
        WorkflowExecutionStatus::Canceled => ("cancelled", End::Otherwise),
        WorkflowExecutionStatus::Terminated => ("terminated", End::Otherwise),
        WorkflowExecutionStatus::TimedOut => ("timed_out", End::Otherwise),
        WorkflowExecutionStatus::Failed
        | WorkflowExecutionStatus::Completed
        | WorkflowExecutionStatus::Unspecified => ("failed", End::Otherwise),
    };
    let side = Side {
        kind: description.kind,
        status: Standing::OnlyOurs(status),
        money: description.money,
        partner_payment_id: None,
        merchant: description.merchant,
    };
    Ours { side, end }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn a_merchant_cannot_leave_its_quotes() {
        let query = closed_since(day("2026-11-24"), Some("kg-main")).unwrap();
        assert!(
            query.ends_with(
                r#"AND CloseTime >= "2026-11-23T00:00:00Z" AND SkyMerchant = "kg-main""#
            ),
            "{query}"
        );
        assert!(closed_since(day("2026-11-24"), Some(r#"kg" OR "1" = "1"#)).is_err());
    }

    #[test]
    fn an_operation_is_of_the_partners_day_however_long_before_or_after_we_closed_it() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        for (completed_at, closed_at, expected) in [
            (
                "2026-11-24T23:59:59.999Z",
                "2026-11-25T00:00:00Z",
                "2026-11-24",
            ),
            ("2026-11-25T00:00:00Z", "2026-11-24T23:59:59Z", "2026-11-25"),
            (
                "2026-11-25T00:04:00+05:00",
                "2026-11-24T19:04:00Z",
                "2026-11-24",
            ),
            // Billing was unavailable for three days.
            ("2026-11-24T12:00:00Z", "2026-11-27T12:00:00Z", "2026-11-24"),
            // The partner's clock is in another year.
            ("2027-11-24T12:00:00Z", "2026-11-24T12:00:00Z", "2026-11-25"),
        ] {
            let found = day_of_end(at(completed_at), Some(at(closed_at)));
            assert_eq!(found, day(expected), "{completed_at}, {closed_at}");
            // The run of that day asks for what closed from the day before on.
            let since = found.saturating_sub(1.day());
            assert!(day_of(at(closed_at)) >= since, "{closed_at}");
        }
    }
}
