//! What keeps an operation from being started again though its newest run sent nothing: an earlier
//! run under its id.

use payments_client::{Description, Error, NoOutcome, PaymentsClient, WorkflowExecutionStatus};

pub(crate) enum EarlierRun {
    MayHaveSent(Box<Description>),
    /// Whether there is one is unknown.
    NotListed(Error),
}

/// None also where its newest run may itself have sent something.
pub(crate) async fn earlier_run(
    payments: &PaymentsClient,
    description: &Description,
    end: Option<&NoOutcome>,
) -> Option<EarlierRun> {
    if !sent_nothing(description, end) {
        return None;
    }
    match payments.other_that_may_have_sent(description).await {
        Ok(run) => run.map(|run| EarlierRun::MayHaveSent(Box::new(run))),
        Err(error) => Some(EarlierRun::NotListed(error)),
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
