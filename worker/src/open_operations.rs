//! How much money is on its way, and since when: gauges over all open operations.
//!
//! No worker knows them all, since each holds some in its cache and drops them again. So they are
//! listed from Temporal's visibility store now and then, beside the payments' way: nothing waits
//! for it, and its requests are few. Each worker lists them all; take the maximum over workers.

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

use tally::{Age, Series, Tally};

const OPEN: &str = "sky_open_operations";
const OPEN_MINOR: &str = "sky_open_operations_minor_units";
const OLDEST: &str = "sky_oldest_open_operation_age_seconds";
const LISTED: &str = "sky_open_operations_listed_timestamp_seconds";
const COMPLETE: &str = "sky_open_operations_complete";

/// As many as the server gives at once.
const PAGE: i32 = 1000;

/// How many pages one listing may take.
const MOST_PAGES: u32 = 20;

/// Between two pages. The server takes 10 such requests a second of a whole namespace.
const PAUSE: Duration = Duration::from_millis(500);

const PATIENCE: Duration = Duration::from_secs(10);

/// All open operations, the incidents that looking again has opened, and the saved cards that procaas
/// has not taken.
const OPEN_QUERY: &str = r#"ExecutionStatus = "Running" AND
    (WorkflowType IN ("process_extra_payment", "process_payment_reversal")
    OR (WorkflowType IN ("look_again_at_payment", "record_saved_card")
        AND SkyPhase = "needs_attention"))"#;

/// The earlier runs of operations that went on as new ones: those tell since when they are open.
const EARLIER_RUNS_QUERY: &str = r#"ExecutionStatus = "ContinuedAsNew" AND
    WorkflowType IN ("process_extra_payment", "process_payment_reversal")"#;

/// Makes the gauges known.
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
        LISTED,
        Unit::Seconds,
        "when the open operations were last listed"
    );
    describe_gauge!(
        COMPLETE,
        "1 where the last listing held all open operations, 0 where it was cut short"
    );
}

/// Lists the open operations each `every`, for as long as it is polled.
pub(crate) async fn watch(client: Client, merchants: BTreeSet<String>, every: Duration) {
    let mut shown = BTreeSet::new();
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match list(&client, &merchants).await {
            Ok(tally) => show(&tally, &mut shown),
            Err(status) => warn!(code = ?status.code(), "the open operations can't be listed"),
        }
    }
}

async fn list<'a>(client: &Client, merchants: &'a BTreeSet<String>) -> Result<Tally<'a>, Status> {
    let mut tally = Tally::new(merchants);
    let has_all_open = pages(client, OPEN_QUERY, |row| tally.add_open(row)).await?;
    let has_all_earlier = pages(client, EARLIER_RUNS_QUERY, |row| tally.add_earlier(row)).await?;
    tally.is_complete = has_all_open && has_all_earlier;
    Ok(tally)
}

/// Returns whether there were no more of them than may be taken.
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

/// Sets the gauges; what was shown before and is no more falls to 0.
fn show(tally: &Tally, shown: &mut BTreeSet<Series>) {
    let now = Timestamp::now();
    shown.extend(tally.sums.keys().cloned());
    for series in shown.iter() {
        let sum = tally.sums.get(series).copied().unwrap_or_default();
        let labels = series.labels();
        gauge!(OPEN, &labels).set(sum.count);
        // Gauges are floats, exact up to 2^53: a hundred billion main units.
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
    gauge!(COMPLETE).set(u8::from(tally.is_complete));
    gauge!(LISTED).set(now.as_second() as f64);
}
