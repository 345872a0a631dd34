//! What is printed in a word or two.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use payments_client::{Description, WorkflowExecutionStatus};
use workflows::contract::kind::Kind;
use workflows::contract::state::State;

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

/// Temporal's lists leave out short phases, and learn of the account late: an open operation itself knows better.
pub(crate) fn told_by(state: Option<&State>, mut it: Description) -> Description {
    if let (Some(state), true) = (state, it.is_open()) {
        it.phase = Some(state.phase.as_str().to_owned());
        it.merchant = state
            .account
            .as_ref()
            .map(|account| account.merchant.clone());
    }
    it
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

/// What Temporal's list lacks of it, and whether that is still to come.
pub(crate) fn gaps(it: &Description) -> Option<String> {
    let parts = [
        ("amount", it.money.is_none()),
        ("order", it.order_id.is_none()),
        ("merchant", it.merchant.is_none()),
    ];
    let gaps: Vec<&str> = parts
        .into_iter()
        .filter_map(|(name, is_gap)| is_gap.then_some(name))
        .collect();
    let names = gaps.join(", ");
    match (gaps.is_empty(), it.is_open()) {
        (true, _) => None,
        (_, true) => Some(format!("no worker has told yet: {names}")),
        // Such as a request that was refused.
        (_, false) => Some(format!("never recorded: {names}; show prints its request")),
    }
}

/// How long until then.
pub(crate) fn until(at: Timestamp, now: Timestamp) -> String {
    match at.duration_since(now).as_secs() {
        ..=0 => "now".to_owned(),
        seconds => format!("in {:#}", SignedDuration::from_secs(seconds)),
    }
}

/// How long ago it began, whether it has ended or not.
pub(crate) fn age(it: &Description, now: Timestamp) -> Option<String> {
    Some(rounded(now.duration_since(it.begun_at?)))
}

/// How long it took, if it has ended.
pub(crate) fn took(it: &Description) -> Option<String> {
    Some(rounded(it.closed_at?.duration_since(it.begun_at?)))
}

/// In the largest units, such as "23h".
pub(crate) fn length(duration: Duration) -> String {
    format!(
        "{:#}",
        SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
    )
}

/// To two places: nobody needs the seconds of a day.
fn rounded(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().max(0);
    let round = match seconds {
        0..3600 => 1,
        3600..86_400 => 60,
        _ => 3600,
    };
    format!("{:#}", SignedDuration::from_secs(seconds - seconds % round))
}

/// "1 operation", "2 operations".
pub(crate) fn count(many: usize, one: &str) -> String {
    match many {
        1 => format!("1 {one}"),
        many => format!("{many} {one}s"),
    }
}
