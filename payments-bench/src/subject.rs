//! What is measured: payments, or the floor's workflows by the floor's worker in Rust or in Python.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::ensure;
use futures::{StreamExt, TryStreamExt, stream};
use payments_client::{Payments, PaymentsClient};
use temporalio_client::{Client, UntypedWorkflow, WorkflowHandle, WorkflowStartOptions};
use temporalio_common::data_converters::RawValue;
use temporalio_common::protos::coresdk::AsJsonPayloadExt;
use workflows::contract::kind::Kind;
use workflows::contract::outcome::Ending;
use workflows::contract::request::PaymentRequest;

use payments_bench::Shape;

/// Something that is started, again and again, until its end.
#[derive(Clone)]
pub(crate) enum Subject {
    /// Payments of a kind, with the account that they name.
    Payment(PaymentsClient, Kind, Option<&'static str>),
    /// Workflows of this shape, on a task queue of the floor.
    Floor(Client, &'static str, Shape),
}

/// How long each took from its start to its result, and all of them together.
pub(crate) struct Load {
    pub(crate) latencies: Vec<Duration>,
    pub(crate) took: Duration,
}

static STARTED: AtomicUsize = AtomicUsize::new(0);

impl Subject {
    /// Runs `count` of them, so many at a time.
    pub(crate) async fn run(&self, count: usize, concurrency: usize) -> anyhow::Result<Load> {
        let begun = Instant::now();
        let each = stream::iter(0..count).map(|_| self.to_the_end(new_id()));
        let mut latencies: Vec<_> = each.buffer_unordered(concurrency).try_collect().await?;
        latencies.sort_unstable();
        let took = begun.elapsed();
        Ok(Load { latencies, took })
    }

    async fn to_the_end(&self, id: String) -> anyhow::Result<Duration> {
        let begun = Instant::now();
        match self {
            Subject::Payment(client, kind, merchant) => {
                let request = request(&id, *merchant)?;
                let started = client.start(*kind, &request).await?;
                let outcome = client.result(&started.request_id).await?;
                let ending = outcome.outcome;
                ensure!(ending == Ending::Completed, "{id} is {}", ending.as_str());
            }
            Subject::Floor(client, task_queue, shape) => {
                let started = start_floor(client, task_queue, *shape, id).await?;
                started.get_result(Default::default()).await?;
            }
        }
        Ok(begun.elapsed())
    }
}

impl Load {
    /// The latency that this many in a hundred don't exceed.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let last = self.latencies.len().saturating_sub(1);
        let at = (self.latencies.len() * percent / 100).min(last);
        self.latencies.get(at).copied().unwrap_or_default()
    }

    /// How many ended in a thousand seconds.
    pub(crate) fn per_thousand_seconds(&self) -> u64 {
        let count = self.latencies.len() as u128;
        let rate = count * 1_000_000_000 / self.took.as_micros().max(1);
        u64::try_from(rate).unwrap_or(u64::MAX)
    }
}

/// Starts one of the floor's workflows.
pub(crate) async fn start_floor(
    client: &Client,
    task_queue: &str,
    shape: Shape,
    id: String,
) -> anyhow::Result<WorkflowHandle<Client, UntypedWorkflow>> {
    let input = RawValue::new(vec![shape.as_json_payload()?]);
    let options = WorkflowStartOptions::new(task_queue, id).build();
    let floor = UntypedWorkflow::new("floor");
    Ok(client.start_workflow(floor, input, options).await?)
}

/// A request id that no other has, in this run of the bench.
pub(crate) fn new_id() -> String {
    format!("b-{}", STARTED.fetch_add(1, Ordering::Relaxed))
}

/// A request of 125.50 KGS for an order of its own.
pub(crate) fn request(id: &str, merchant: Option<&str>) -> anyhow::Result<PaymentRequest> {
    let mut request = serde_json::json!({
        "request_id": id, "order_id": format!("o-{id}"),
        "amount": "125.5", "currency": "KGS", "country": "KG",
    });
    if let Some(merchant) = merchant {
        request["merchant"] = merchant.into();
    }
    Ok(PaymentRequest::parse(request.to_string().as_bytes())?)
}
