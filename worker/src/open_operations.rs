//! How much money is on its way, and since when: gauges of all open operations, and of those that
//! make no progress: paused, blocked by a paused step, or ended by force.
//!
//! No worker knows all operations, since each caches only some of them. So they are listed from
//! Temporal's visibility store at intervals; the server can't sum them up. No payment waits for
//! this, and it takes a tenth of the time at most: what takes long is listed less often, by one worker
//! alone. Use the maximum over all workers.

mod cut_off;
mod earlier;
mod identity;
mod labels;
mod pages;
mod part;
mod series;
mod tally;

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures::future::join_all;
use jiff::Timestamp;
use metrics::{Unit, describe_gauge, gauge};
use temporalio_client::Client;
use temporalio_client::tonic::Status;
use tokio::time::sleep;
use tracing::warn;

use cut_off::CutOff;
use earlier::Earlier;
use pages::{Extent, Listed, Pages};
use part::Part;
use series::{Shown, Values};
use tally::Tally;

const OPEN: &str = "sky_open_operations";
const OPEN_MINOR: &str = "sky_open_operations_minor_units";
const OLDEST: &str = "sky_oldest_open_operation_age_seconds";
const PAUSED: &str = "sky_paused_operations";
const ENDED_BY_FORCE: &str = "sky_operations_ended_by_force";
const LISTED: &str = "sky_open_operations_listed_timestamp_seconds";
const COMPLETE: &str = "sky_open_operations_complete";
const TOOK: &str = "sky_open_operations_listing_seconds";

/// After a listing there is none of the same for this many times as long as it took.
const REST: u32 = 9;

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
        "how long ago an account's oldest open operation of a phase was started"
    );
    describe_gauge!(
        PAUSED,
        "open operations that somebody has paused, or a step of them"
    );
    describe_gauge!(
        ENDED_BY_FORCE,
        "operations that ended without saying what happened to the money, and second looks that \
         were cut off"
    );
    describe_gauge!(
        LISTED,
        Unit::Seconds,
        "when the operations of a listing were last listed"
    );
    describe_gauge!(
        COMPLETE,
        "1 where the last listing held all of its operations, 0 where it was cut short"
    );
    describe_gauge!(TOOK, Unit::Seconds, "how long the last listing took");
}

/// What all listings share.
struct Watch {
    pages: Pages,
    merchants: BTreeSet<String>,
    earlier: Mutex<Earlier>,
}

/// Lists the open operations, each part every `every` or as its length allows, for as long as it is
/// polled. `task_queue` is the one whose workers share the work.
pub(crate) async fn watch(
    client: Client,
    task_queue: String,
    merchants: BTreeSet<String>,
    every: Duration,
) {
    let watch = Watch {
        pages: Pages::new(client, task_queue),
        merchants,
        earlier: Mutex::default(),
    };
    join_all(Part::all().map(|part| watch.repeat(part, every))).await;
}

impl Watch {
    async fn repeat(&self, part: Part, every: Duration) {
        let listing = part.name();
        let mut shown = Shown::default();
        loop {
            let listed = match part {
                Part::Phase(phase) => self.list_open(phase, &mut shown).await,
                Part::Paused => self.list_paused(&mut shown).await,
                Part::EarlierRuns => self.list_earlier().await,
                Part::EndedByForce => self.list_cut_off(&mut shown).await,
            };
            let rest = match listed {
                Ok(Listed { extent, took }) => {
                    gauge!(COMPLETE, "listing" => listing)
                        .set(u8::from(extent != Extent::CutShort));
                    if extent != Extent::Elsewhere {
                        let now = Timestamp::now().as_second();
                        gauge!(LISTED, "listing" => listing).set(now as f64);
                        gauge!(TOOK, "listing" => listing).set(took.as_secs_f64());
                    }
                    took * REST
                }
                Err(status) => {
                    warn!(code = ?status.code(), listing, "the open operations can't be listed");
                    every
                }
            };
            sleep(every.max(rest)).await;
        }
    }

    async fn list_open(&self, phase: &'static str, shown: &mut Shown) -> Result<Listed, Status> {
        let mut tally = Tally::new(&self.merchants);
        let query = Part::Phase(phase).query();
        let listed = self.pages.all(&query, |row| tally.add_open(row)).await?;
        if listed.extent == Extent::Elsewhere {
            tally = Tally::new(&self.merchants);
        }
        let mut values = Values::new();
        for (labels, sum) in &tally.sums {
            values.insert((OPEN, labels.clone()), f64::from(sum.count));
            // Gauges are floats, exact up to 2^53: about a hundred billion main units.
            values.insert((OPEN_MINOR, labels.clone()), sum.minor as f64);
        }
        let earlier = self.earlier.lock().unwrap_or_else(PoisonError::into_inner);
        let ages = tally.ages(phase, Timestamp::now(), &earlier);
        values.extend(ages.into_iter().map(|((operation, merchant), seconds)| {
            let labels = vec![
                ("operation", operation.to_owned()),
                ("phase", phase.to_owned()),
                ("merchant", merchant),
            ];
            ((OLDEST, labels), seconds as f64)
        }));
        shown.set(values);
        Ok(listed)
    }

    async fn list_paused(&self, shown: &mut Shown) -> Result<Listed, Status> {
        let mut tally = Tally::new(&self.merchants);
        let query = Part::Paused.query();
        let listed = self.pages.all(&query, |row| tally.add_paused(row)).await?;
        if listed.extent == Extent::Elsewhere {
            tally = Tally::new(&self.merchants);
        }
        let paused = tally.paused.into_iter();
        let values = paused.map(|((operation, merchant), count)| {
            let labels = vec![("operation", operation.to_owned()), ("merchant", merchant)];
            ((PAUSED, labels), f64::from(count))
        });
        shown.set(values.collect());
        Ok(listed)
    }

    async fn list_earlier(&self) -> Result<Listed, Status> {
        let mut earlier = Earlier::default();
        let query = Part::EarlierRuns.query();
        let listed = self.pages.all(&query, |row| earlier.add(row)).await?;
        *self.earlier.lock().unwrap_or_else(PoisonError::into_inner) = earlier;
        Ok(listed)
    }

    /// Those that no later run has taken over. Normally there are none, and then one query is enough.
    async fn list_cut_off(&self, shown: &mut Shown) -> Result<Listed, Status> {
        let mut cut_off = CutOff::new(&self.merchants);
        let query = Part::EndedByForce.query();
        let mut listed = self.pages.all(&query, |row| cut_off.add(row)).await?;
        if listed.extent == Extent::Elsewhere {
            cut_off = CutOff::new(&self.merchants);
        }
        for ids in cut_off.workflow_ids().chunks(IDS_AT_ONCE) {
            let query = format!(r#"WorkflowId IN ("{}")"#, ids.join(r#"", ""#));
            let runs = self.pages.all(&query, |row| cut_off.add_run(row)).await?;
            listed.took += runs.took;
            if runs.extent != Extent::Complete {
                listed.extent = runs.extent;
            }
        }
        let counts = cut_off.counts().into_iter();
        let values = counts.map(|((operation, status, merchant), count)| {
            let labels = vec![
                ("operation", operation.to_owned()),
                ("status", status.to_owned()),
                ("merchant", merchant),
            ];
            ((ENDED_BY_FORCE, labels), f64::from(count))
        });
        shown.set(values.collect());
        Ok(listed)
    }
}
