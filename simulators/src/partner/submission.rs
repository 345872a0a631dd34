//! The life of a submission: accepted, made final, called back.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::json;
use tokio::time::sleep;

use super::{
    callbacks,
    fault::Fault,
    messages::Status,
    operations::{Operation, OperationIndex, Submission},
    refusal::Refusal,
    scenario::Scenario,
    shared::Partner,
};
use crate::misbehaviour::Answer;

/// The answer to a submission before a fault changes it, and whether it created an operation.
pub(super) async fn submit(
    partner: &Arc<Partner>,
    submission: Submission,
    scenario: &Scenario,
    fault: Option<&Fault>,
) -> (Answer, bool) {
    if fault.is_some_and(|fault| !fault.executes()) {
        return (promise(partner, &submission, scenario), false);
    }
    // The fault takes effect at once, the acceptance comes in its own time.
    if fault.is_some() && !scenario.executes_after.is_zero() {
        let promised = promise(partner, &submission, scenario);
        let (partner, scenario) = (Arc::clone(partner), scenario.clone());
        tokio::spawn(async move { execute(&partner, &submission, &scenario).await });
        return (promised, true);
    }
    let executed = execute(partner, &submission, scenario).await;
    executed.unwrap_or_else(|refusal| (refusal.into(), false))
}

/// Accepts the submission and answers with the state of its operation.
async fn execute(
    partner: &Arc<Partner>,
    submission: &Submission,
    scenario: &Scenario,
) -> Result<(Answer, bool), Refusal> {
    partner.books().sessions.enter(&submission.session_id)?;
    sleep(scenario.executes_after).await;
    let now = partner.now();
    let (index, is_new) = partner.books().accept(submission, scenario, now)?;
    if is_new && scenario.is_final_at_once() {
        finish(partner, index, scenario).await;
    } else if is_new && !scenario.never_completes {
        let (partner, scenario) = (Arc::clone(partner), scenario.clone());
        tokio::spawn(async move {
            sleep(scenario.completes_after).await;
            finish(&partner, index, &scenario).await;
        });
    }
    let state = partner.books().operations.get(index).report();
    let status = if state.status == Status::Pending {
        StatusCode::ACCEPTED
    } else {
        StatusCode::OK
    };
    let body = json!(state);
    Ok((Answer { status, body }, is_new))
}

/// Makes an operation final and sends its callbacks, or says that it was final before.
pub(super) async fn finish(
    partner: &Arc<Partner>,
    index: OperationIndex,
    scenario: &Scenario,
) -> bool {
    let now = partner.now();
    let finished = partner
        .books()
        .finish(index, scenario.decline.as_deref(), now);
    let Some(operation) = finished else {
        return false;
    };
    tracing::info!(request_id = %operation.request_id, status = ?operation.status, "final");
    callbacks::send(partner, &operation, &scenario.callback).await;
    true
}

/// The answer about an operation that was not accepted: something for a fault to change.
fn promise(partner: &Partner, submission: &Submission, scenario: &Scenario) -> Answer {
    let operation = Operation::accept(submission, submission.money, scenario, partner.now());
    Answer {
        status: StatusCode::ACCEPTED,
        body: json!(operation.state()),
    }
}
