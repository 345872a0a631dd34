//! Signalling the workflow of a request, or after its end the one that looks at it again.

use std::time::Instant;

use temporalio_client::errors::WorkflowInteractionError;
use temporalio_client::tonic::Status;
use temporalio_client::{Client, UntypedSignal, UntypedWorkflow, WorkflowSignalOptions};
use temporalio_common::SignalDefinition;
use temporalio_common::data_converters::RawValue;
use tokio::time::timeout_at;
use workflows::ExtraPayment;
use workflows::contract::ids::RequestId;

use super::{Temporal, unavailable, was_given_up};
use crate::answer::Answer;
use crate::metrics;

impl Temporal {
    /// Tells the workflow of this request to ask the partner now; if it has closed or is gone, the
    /// one that looks at the request again, if that runs. The caller is answered 200 only once the signal is
    /// in a history, or nobody needs it. A repeat of a signal that was stored before the close is
    /// not passed on: Temporal answers as if it had stored it once more.
    pub async fn signal(&self, request_id: &RequestId, signal_id: &str) -> Answer {
        let (_place, client) = match self.admit() {
            Ok(admitted) => admitted,
            Err(refusal) => return refusal,
        };
        let deadline = Instant::now() + self.budget;
        let wake = |label, workflow_id| self.wake(client, label, workflow_id, signal_id, deadline);
        let answer = wake("payment", request_id.workflow_id()).await;
        // A closed one is deleted after the namespace's retention, and may still be looked at again.
        if !matches!(answer, Answer::AlreadyClosed | Answer::NoSuchWorkflow) {
            return answer;
        }
        match wake("look_again", request_id.look_again_id()).await {
            Answer::Taken => Answer::LooksAgain,
            Answer::NoSuchWorkflow | Answer::AlreadyClosed => answer,
            other => other,
        }
    }

    /// Signals one workflow before the deadline. `label` is its name in the metrics.
    async fn wake(
        &self,
        client: &Client,
        label: &'static str,
        workflow_id: String,
        signal_id: &str,
        deadline: Instant,
    ) -> Answer {
        // Untyped: all kinds of workflow accept the signal under this name, and a typed handle could
        // not move between threads.
        let handle = client.get_workflow_handle::<UntypedWorkflow>(workflow_id);
        let name = ExtraPayment::payment_completed.name();
        let options = WorkflowSignalOptions::builder()
            .request_id(signal_id.to_owned())
            .rpc_options(self.few_quick_tries())
            .build();
        let once = || {
            let signal = UntypedSignal::new(name);
            handle.signal(signal, RawValue::new(vec![]), options.clone())
        };
        // The id makes it one signal, whichever of the attempts arrives.
        let twice = async {
            match once().await {
                Err(WorkflowInteractionError::Rpc(status)) if was_given_up(&status) => once().await,
                result => result,
            }
        };
        let started = Instant::now();
        let (answer, result) = match timeout_at(deadline.into(), twice).await {
            Ok(Ok(())) => (Answer::Taken, "stored"),
            Ok(Err(WorkflowInteractionError::NotFound(status))) => not_found(&status),
            Ok(Err(error)) => unavailable(&error, "failed"),
            Err(elapsed) => unavailable(&elapsed, "timed_out"),
        };
        metrics::signalled(label, result, started.elapsed());
        answer
    }
}

/// Three things are "not found": a workflow that has closed, one that never existed, and our own
/// namespace, which is not the callback's fault. Only the server's message distinguishes them.
fn not_found(status: &Status) -> (Answer, &'static str) {
    match status.message() {
        "workflow execution already completed" => (Answer::AlreadyClosed, "already_closed"),
        words if words.starts_with("workflow") => (Answer::NoSuchWorkflow, "no_such_workflow"),
        _ => unavailable(status, "failed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_of_ours_that_is_not_there_is_an_outage_and_no_unknown_workflow() {
        let answered = |message: &str| not_found(&Status::not_found(message)).0;
        let unknown = answered("workflow not found for ID: sky-payment-1");
        assert!(matches!(unknown, Answer::NoSuchWorkflow));
        let closed = answered("workflow execution already completed");
        assert!(matches!(closed, Answer::AlreadyClosed));
        let ours = answered("Namespace nowhere is not found.");
        assert!(matches!(ours, Answer::TemporalUnavailable));
    }
}
