//! The reference for acceptances: the Temporal client signals the same workflows, with nothing
//! before it.

use std::time::{Duration, Instant};

use futures::future::join_all;
use futures::{StreamExt, TryStreamExt, stream};
use temporalio_client::{
    Client, UntypedSignal, UntypedWorkflow, WorkflowSignalOptions, WorkflowStartOptions,
};
use temporalio_common::SignalDefinition;
use temporalio_common::data_converters::RawValue;
use workflows::ExtraPayment;

use crate::report::Turn;
use crate::requests::{Requests, request_id};

/// The events of a workflow that nobody has taken up: its start and its first task.
const EVENTS_BEFORE_SIGNALS: usize = 2;

/// How many workflows are started or looked at at a time.
const AT_A_TIME: usize = 16;

/// Starts workflows that wait for a worker for ever.
pub(crate) async fn open(client: &Client, workflows: usize) {
    let start = |workflow| {
        let id = request_id(workflow).workflow_id();
        let definition = UntypedWorkflow::new("process_extra_payment");
        let options = WorkflowStartOptions::new("nobody", id).build();
        client.start_workflow(definition, RawValue::new(vec![]), options)
    };
    let started = stream::iter(0..workflows)
        .map(start)
        .buffer_unordered(AT_A_TIME);
    started.try_for_each(async |_| Ok(())).await.unwrap();
}

/// Sends signals for one turn, so many at a time. What was sent before its end is waited for.
pub(crate) async fn send(
    client: &Client,
    requests: &Requests,
    concurrency: usize,
    turn: Duration,
) -> Turn {
    let started = Instant::now();
    let end = started + turn;
    let senders = (0..concurrency).map(async |_| {
        let mut latencies = Vec::new();
        while Instant::now() < end {
            let id = requests.next_workflow().workflow_id();
            let handle = client.get_workflow_handle::<UntypedWorkflow>(id);
            let signal = UntypedSignal::new(ExtraPayment::payment_completed.name());
            let sent = Instant::now();
            let options = WorkflowSignalOptions::default();
            handle
                .signal(signal, RawValue::new(vec![]), options)
                .await
                .unwrap();
            latencies.push(sent.elapsed());
        }
        latencies
    });
    let latencies = join_all(senders).await.concat();
    Turn {
        latencies,
        took: started.elapsed(),
    }
}

/// How many signals the histories hold.
pub(crate) async fn stored(client: &Client, workflows: usize) -> usize {
    let count = async |workflow| {
        let id = request_id(workflow).workflow_id();
        let handle = client.get_workflow_handle::<UntypedWorkflow>(id);
        let description = handle.describe(Default::default()).await.unwrap();
        description.history_length() - EVENTS_BEFORE_SIGNALS
    };
    let counts = stream::iter(0..workflows)
        .map(count)
        .buffer_unordered(AT_A_TIME);
    counts.fold(0, async |sum, signals| sum + signals).await
}
