//! What the state of an ended operation does not say: how it failed, and what keeps it from being
//! started again.

use payments_client::{
    Description, Error, NoOutcome, OperationHandle, PaymentsClient, WorkflowExecutionStatus,
};

pub(crate) struct Past {
    /// How it failed.
    pub(crate) end: Option<NoOutcome>,
    /// The earlier run under its id that keeps it from being started again, though its newest run
    /// sent nothing.
    pub(crate) earlier: Option<EarlierRun>,
}

pub(crate) enum EarlierRun {
    MayHaveSent(Box<Description>),
    /// Whether there is one is unknown.
    NotListed(Error),
}

impl Past {
    pub(crate) async fn of(payments: &PaymentsClient, description: &Description) -> Past {
        let operation = payments.operation(&description.request_id);
        let end = end_of(&operation, description).await;
        let earlier = if sent_nothing(description, end.as_ref()) {
            match payments.other_that_may_have_sent(description).await {
                Ok(run) => run.map(|run| EarlierRun::MayHaveSent(Box::new(run))),
                Err(error) => Some(EarlierRun::NotListed(error)),
            }
        } else {
            None
        };
        Past { end, earlier }
    }
}

/// How a failed operation ended: whether anything can have been sent depends on it.
pub(crate) async fn end_of(
    operation: &OperationHandle,
    description: &Description,
) -> Option<NoOutcome> {
    if description.status != WorkflowExecutionStatus::Failed {
        return None;
    }
    match operation.result().await {
        Err(Error::NoOutcome { end, .. }) => Some(end),
        _ => None,
    }
}

/// Whether this run of it can't have sent anything. `end` is how it failed.
pub(crate) fn sent_nothing(description: &Description, end: Option<&NoOutcome>) -> bool {
    match description.status {
        WorkflowExecutionStatus::Canceled => true,
        WorkflowExecutionStatus::Failed => end.is_some_and(NoOutcome::sent_nothing),
        _ => false,
    }
}
