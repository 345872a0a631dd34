//! What every verb needs: the output format, and the connection to Temporal.

use payments_client::{Error, OperationHandle, PaymentsClient};
use traces::traced;
use workflows::contract::ids::RequestId;

use crate::arguments::Format;
use crate::output::Output;

/// One call of the program.
pub(crate) struct CommandContext {
    pub(crate) output: Output,
    pub(crate) task_queue: String,
}

impl CommandContext {
    pub(crate) fn new(format: Format, task_queue: String) -> CommandContext {
        CommandContext {
            output: Output::new(format),
            task_queue,
        }
    }

    pub(crate) async fn operation(&self, request_id: &RequestId) -> Result<OperationHandle, Error> {
        Ok(self.payments().await?.operation(request_id))
    }

    pub(crate) async fn payments(&self) -> Result<PaymentsClient, Error> {
        PaymentsClient::connect_with(&caller(), &self.task_queue, traced).await
    }

    /// For commands that were confirmed although they go against advice.
    pub(crate) async fn payments_against_advice(&self) -> Result<PaymentsClient, Error> {
        let caller = format!("{}, against advice", caller());
        PaymentsClient::connect_with(&caller, &self.task_queue, traced).await
    }
}

/// Histories name the sender of a command.
fn caller() -> String {
    let user = std::env::var("USER").unwrap_or_else(|_| "unknown".to_owned());
    format!("sky-payments:{user}")
}
