//! Starting a request id again under which nothing was ever sent.
//!
//! Temporal's policy for it, `AllowDuplicateFailedOnly`, also covers runs that were terminated or
//! timed out. Those may have sent something, and a new run would not know. So the earlier runs are
//! looked at first (`docs/decisions/0016-a-failed-start-can-be-started-again.md`).

use std::cmp::Reverse;

use temporalio_client::WorkflowIdReusePolicy;
use workflows::contract::ids::RequestId;
use workflows::contract::kind::Kind;
use workflows::contract::request::PaymentRequest;

use crate::connection::Connection;
use crate::description::{Description, WorkflowExecutionStatus};
use crate::error::Error;
use crate::listing::rows;
use crate::operation::OperationHandle;
use crate::start::{Started, start, start_under};

pub(crate) async fn start_again(
    connection: &Connection,
    kind: Kind,
    request: &PaymentRequest,
) -> Result<Started, Error> {
    let operation = connection.operation(&request.request_id);
    match start(connection, kind, request).await {
        Err(Error::NoOutcome { end, .. }) if end.sent_nothing() => {}
        // A correction of what was refused differs from it.
        Err(Error::OtherRequest { .. })
            if sent_nothing(&operation, &operation.describe().await?).await? => {}
        other => return other,
    }
    for run in runs(connection, &request.request_id).await? {
        must_have_sent_nothing(&operation, &run).await?;
    }
    let policy = WorkflowIdReusePolicy::AllowDuplicateFailedOnly;
    start_under(policy, connection, kind, request).await
}

/// The newest other run under the id of this one that may have sent something.
pub(crate) async fn other_that_may_have_sent(
    connection: &Connection,
    newest: &Description,
) -> Result<Option<Description>, Error> {
    let operation = connection.operation(&newest.request_id);
    let mut others = runs(connection, &newest.request_id).await?;
    others.retain(|run| run.run_id != newest.run_id);
    others.sort_by_key(|run| Reverse(run.started_at));
    for run in others {
        if !sent_nothing(&operation, &run).await? {
            return Ok(Some(run));
        }
    }
    Ok(None)
}

async fn runs(connection: &Connection, request_id: &RequestId) -> Result<Vec<Description>, Error> {
    let query = format!(r#"WorkflowId = "{}""#, request_id.workflow_id());
    rows(connection, query, usize::MAX).await
}

async fn sent_nothing(operation: &OperationHandle, run: &Description) -> Result<bool, Error> {
    match must_have_sent_nothing(operation, run).await {
        Ok(()) => Ok(true),
        Err(Error::Refused(_) | Error::NoOutcome { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

async fn must_have_sent_nothing(
    operation: &OperationHandle,
    run: &Description,
) -> Result<(), Error> {
    match run.status {
        WorkflowExecutionStatus::Canceled => return Ok(()),
        WorkflowExecutionStatus::Failed => match operation.result_of(&run.run_id).await {
            Err(Error::NoOutcome { end, .. }) if end.sent_nothing() => return Ok(()),
            Ok(_) => {}
            Err(error) => return Err(error),
        },
        _ => {}
    }
    Err(Error::Refused(format!(
        "an earlier run under this request id may have sent something: {} ({}). Have that one reset",
        run.run_id,
        run.status.as_str_name()
    )))
}
