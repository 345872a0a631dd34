//! How much money is on its way, and since when: gauges of all open operations, and of those that
//! make no progress: paused, blocked by a paused step, or ended by force.
//!
//! No worker knows all operations, since each caches only some of them. So they are listed from
//! Temporal's visibility store at intervals. No payment waits for this, and it makes few requests.
//! Each worker lists them all; use the maximum over all workers.

mod cut_off;
mod tally;

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use metrics::{Unit, describe_gauge, gauge};
use temporalio_client::tonic::{IntoRequest, Status};
use temporalio_client::{Client, NamespacedClient};
use temporalio_common::protos::temporal::api::workflow::v1::WorkflowExecutionInfo;
use temporalio_common::protos::temporal::api::workflowservice::v1::ListWorkflowExecutionsRequest;
use tokio::time::{MissedTickBehavior, interval, sleep};
use tracing::warn;

use cut_off::CutOff;
use tally::{Age, Series, Tally};

const OPEN: &str = "sky_open_operations";
const OPEN_MINOR: &str = "sky_open_operations_minor_units";
const OLDEST: &str = "sky_oldest_open_operation_age_seconds";
const PAUSED: &str = "sky_paused_operations";
const ENDED_BY_FORCE: &str = "sky_operations_ended_by_force";
const LISTED: &str = "sky_open_operations_listed_timestamp_seconds";
const COMPLETE: &str = "sky_open_operations_complete";

/// The largest page that the server returns.
const PAGE: i32 = 1000;

/// The maximum number of pages of one listing.
const MOST_PAGES: u32 = 20;

/// The pause between two pages. The server allows 10 such requests a second for a whole namespace.
const PAUSE: Duration = Duration::from_millis(500);

const PATIENCE: Duration = Duration::from_secs(10);

/// All open operations, the incidents that looking again has opened, and the saved cards that
/// procaas has not accepted. Paused ones are not closed.
const OPEN_QUERY: &str = r#"CloseTime IS NULL AND
    (WorkflowType IN ("process_extra_payment", "process_payment_reversal")
    OR (WorkflowType IN ("look_again_at_payment", "record_saved_card")
        AND SkyPhase = "needs_attention"))"#;

/// Operations that make no progress: paused, or with a paused step. Temporal does not enforce a
/// paused step's time limits, so if its worker was lost, the operation waits for ever. Temporal
/// lists paused steps in a search attribute of its own.
const PAUSED_QUERY: &str = r#"CloseTime IS NULL AND
    (ExecutionStatus = "Paused" OR TemporalPauseInfo IS NOT NULL) AND
    WorkflowType IN ("process_extra_payment", "process_payment_reversal", "look_again_at_payment",
        "record_saved_card")"#;

/// The earlier runs of operations that continued as new ones: they show since when they are open.
const EARLIER_RUNS_QUERY: &str = r#"ExecutionStatus = "ContinuedAsNew" AND
    WorkflowType IN ("process_extra_payment", "process_payment_reversal")"#;

/// Operations that ended without saying what happened to the money: by force, or by a failure after
/// a phase in which something may have been sent. A request that breaks a rule fails before that.
const CUT_OFF_QUERY: &str = r#"WorkflowType IN ("process_extra_payment", "process_payment_reversal")
    AND (ExecutionStatus IN ("Terminated", "TimedOut") OR (ExecutionStatus = "Failed" AND
    SkyPhase IN ("awaiting_completion", "verifying", "finalizing", "needs_attention")))"#;

/// The number of workflow ids in one query.
const IDS_AT_ONCE: usize = 100;

/// Describes the gauges.
pub(crate) fn describe() {
    describe_gauge!(OPEN, "open operations, by the phase that they show");
    describe_gauge!(
        OPEN_MINOR,
        "what open operations ask for, in the currency's minor units"
    );
    describe_gauge!(
        OLDEST,
        Unit::Seconds,
        "how long ago the oldest open operation of a phase was started"
    );
    describe_gauge!(
        PAUSED,
        "open operations that somebody has paused, or a step of them"
    );
    describe_gauge!(
        ENDED_BY_FORCE,
        "operations whose newest run ended without saying what happened to the money"
    );
    describe_gauge!(
        LISTED,
        Unit::Seconds,
        "when the open operations were last listed"
    );
    describe_gauge!(
        COMPLETE,
        "1 where the last listing held all open operations, 0 where it was cut short"
    );
}

/// Lists the open operations at intervals of `every`, for as long as it is polled.
pub(crate) async fn watch(client: Client, merchants: BTreeSet<String>, every: Duration) {
    let mut shown = BTreeSet::new();
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match list(&client, &merchants).await {
            Ok((tally, cut_off)) => show(&tally, &cut_off, &mut shown),
            Err(status) => warn!(code = ?status.code(), "the open operations can't be listed"),
        }
    }
}

async fn list<'a>(
    client: &Client,
    merchants: &'a BTreeSet<String>,
) -> Result<(Tally<'a>, CutOff), Status> {
    let mut tally = Tally::new(merchants);
    let has_all_open = pages(client, OPEN_QUERY, |row| tally.add_open(row)).await?;
    let has_all_paused = pages(client, PAUSED_QUERY, |row| tally.add_paused(row)).await?;
    let has_all_earlier = pages(client, EARLIER_RUNS_QUERY, |row| tally.add_earlier(row)).await?;
    let (cut_off, has_all_cut_off) = list_cut_off(client).await?;
    tally.is_complete = has_all_open && has_all_paused && has_all_earlier && has_all_cut_off;
    Ok((tally, cut_off))
}

/// Those that have no later run. Normally there are none, and then one query is enough.
async fn list_cut_off(client: &Client) -> Result<(CutOff, bool), Status> {
    let mut cut_off = CutOff::default();
    let mut has_all = pages(client, CUT_OFF_QUERY, |row| cut_off.add(row)).await?;
    for ids in cut_off.workflow_ids().chunks(IDS_AT_ONCE) {
        let query = format!(r#"WorkflowId IN ("{}")"#, ids.join(r#"", ""#));
        has_all &= pages(client, &query, |row| cut_off.add_run(row)).await?;
        sleep(PAUSE).await;
    }
    Ok((cut_off, has_all))
}

/// Returns whether there were no more than the maximum.
async fn pages(
    client: &Client,
    query: &str,
    mut take: impl FnMut(&WorkflowExecutionInfo),
) -> Result<bool, Status> {
    let mut request = ListWorkflowExecutionsRequest {
        namespace: client.namespace(),
        page_size: PAGE,
        query: query.to_owned(),
        ..Default::default()
    };
    for _ in 0..MOST_PAGES {
        let mut asked = request.clone().into_request();
        asked.set_timeout(PATIENCE);
        let mut service = client.connection().workflow_service();
        let page = service.list_workflow_executions(asked).await?.into_inner();
        page.executions.iter().for_each(&mut take);
        if page.next_page_token.is_empty() {
            return Ok(true);
        }
        request.next_page_token = page.next_page_token;
        sleep(PAUSE).await;
    }
    Ok(false)
}

/// Sets the gauges; a series that is not in the listing any more falls to 0.
fn show(tally: &Tally, cut_off: &CutOff, shown: &mut BTreeSet<Series>) {
    let now = Timestamp::now();
    shown.extend(tally.sums.keys().cloned());
    for series in shown.iter() {
        let sum = tally.sums.get(series).copied().unwrap_or_default();
        let labels = series.labels();
        gauge!(OPEN, &labels).set(sum.count);
        // Gauges are floats, exact up to 2^53: about a hundred billion main units.
        gauge!(OPEN_MINOR, &labels).set(sum.minor as f64);
    }
    for Age {
        operation,
        phase,
        seconds,
    } in tally.ages(now)
    {
        gauge!(OLDEST, "operation" => operation, "phase" => phase).set(seconds as f64);
    }
    for (operation, count) in tally.paused() {
        gauge!(PAUSED, "operation" => operation).set(count);
    }
    for (operation, status, count) in cut_off.counts() {
        gauge!(ENDED_BY_FORCE, "operation" => operation, "status" => status).set(count);
    }
    gauge!(COMPLETE).set(u8::from(tally.is_complete));
    gauge!(LISTED).set(now.as_second() as f64);
}
