//! What every verb needs: the output format, and the connection to Temporal.

use anyhow::Context;
use payments_client::{Error, OperationHandle, PaymentsClient, Temporal};
use traces::traced;
use workflows::contract::ids::RequestId;

use crate::arguments::{Format, TemporalArguments};
use crate::output::Output;

/// One call of the program.
pub(crate) struct CommandContext {
    pub(crate) output: Output,
    pub(crate) task_queue: String,
    pub(crate) temporal: Temporal,
}

impl CommandContext {
    pub(crate) fn new(
        format: Format,
        task_queue: String,
        temporal: TemporalArguments,
    ) -> CommandContext {
        CommandContext {
            output: Output::new(format, &temporal.typed()),
            task_queue,
            temporal: temporal.temporal(),
        }
    }

    /// An error to connect names the operation too.
    pub(crate) async fn operation(
        &self,
        request_id: &RequestId,
    ) -> anyhow::Result<OperationHandle> {
        let payments = self.payments().await;
        let payments = payments.with_context(|| request_id.to_string())?;
        Ok(payments.operation(request_id))
    }

    pub(crate) async fn payments(&self) -> Result<PaymentsClient, Error> {
        self.connect(&caller()).await
    }

    /// For commands that were confirmed although they go against advice.
    pub(crate) async fn payments_against_advice(&self) -> Result<PaymentsClient, Error> {
        self.connect(&format!("{}, against advice", caller())).await
    }

    async fn connect(&self, caller: &str) -> Result<PaymentsClient, Error> {
        PaymentsClient::connect_with(&self.temporal, caller, &self.task_queue, traced).await
    }
}

/// Histories name the sender of a command.
fn caller() -> String {
    let user = std::env::var("USER").unwrap_or_else(|_| "unknown".to_owned());
    format!("sky-payments:{user}")
}
