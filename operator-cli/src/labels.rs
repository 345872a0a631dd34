//! What is printed in a word or two.

use jiff::{SignedDuration, Timestamp};
use payments_client::{Description, WorkflowExecutionStatus};
use workflows::contract::kind::Kind;

/// The phase while it runs, or is paused in it or in a step; after that the outcome, or how it ended without one.
pub(crate) fn standing(it: &Description) -> String {
    let status = status(it.status);
    match it.status {
        WorkflowExecutionStatus::Running => {
            let phase = it.phase.clone().unwrap_or(status);
            match &it.paused_step {
                Some(_) => format!("step paused, {phase}"),
                None => phase,
            }
        }
        WorkflowExecutionStatus::Paused => match &it.phase {
            Some(phase) => format!("{status}, {phase}"),
            None => status,
        },
        WorkflowExecutionStatus::Completed => it.outcome.clone().unwrap_or(status),
        _ => status,
    }
}

/// "timed_out" for `WORKFLOW_EXECUTION_STATUS_TIMED_OUT`.
pub(crate) fn status(status: WorkflowExecutionStatus) -> String {
    let name = status.as_str_name();
    let word = name.strip_prefix("WORKFLOW_EXECUTION_STATUS_");
    word.unwrap_or(name).to_lowercase()
}

pub(crate) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::ExtraPayment => "extra-payment",
        Kind::PaymentReversal => "reversal",
    }
}

pub(crate) fn until(at: Timestamp) -> String {
    let seconds = at.duration_since(Timestamp::now()).as_secs().max(0);
    format!("{:#}", SignedDuration::from_secs(seconds))
}

/// How long ago, or how long it took.
pub(crate) fn age(it: &Description) -> Option<String> {
    let until = it.closed_at.unwrap_or_else(Timestamp::now);
    let seconds = until.duration_since(it.begun_at?).as_secs();
    // To two places: nobody needs the seconds of a day.
    let round = match seconds {
        0..3600 => 1,
        3600..86_400 => 60,
        _ => 3600,
    };
    Some(format!(
        "{:#}",
        SignedDuration::from_secs(seconds - seconds % round)
    ))
}
