//! Operations that run, and of which somebody has paused a step. What their state says of the step that is
//! under way may not come to be.

use jiff::Timestamp;
use payments_client::{Description, Pause, PausedStep};
use workflows::contract::state::State;

use super::{Explanation, NEVER, reported_so_far};

impl Explanation {
    /// `state` is what a worker says of it.
    pub(crate) fn of_a_paused_step(
        description: &Description,
        step: &PausedStep,
        state: Option<&State>,
        as_of: Timestamp,
    ) -> Explanation {
        let mut known = paused_step_sentences(step);
        known.extend(state.map_or_else(Vec::new, reported_so_far));
        let request_id = &description.request_id;
        let unpause = format!(
            "temporal activity unpause -w {} --activity-id {}",
            request_id.workflow_id(),
            step.activity_id.as_deref().unwrap_or("ID")
        );
        let explain = format!("sky-payments explain {request_id}");
        Explanation {
            as_of,
            state: known,
            safe: vec![
                "unpause the step: if its worker is gone it is given up at its time limit, and the \
                 partner is asked before anything is sent"
                    .to_owned(),
            ],
            not_safe: vec![
                "leave it so: if its worker is gone nobody asks the partner, and its deadline passes \
                 unseen"
                    .to_owned(),
                "check_now, resolve: they wait for the step".to_owned(),
            ],
            never: NEVER.to_vec(),
            commands: match step.activity_id {
                Some(_) => vec![unpause, explain, PAUSED_PAGE.to_owned()],
                // That one names the step.
                None => vec![explain, unpause, PAUSED_PAGE.to_owned()],
            },
        }
    }
}

pub(super) const PAUSED_PAGE: &str = "# docs/runbook/alerts/SkyPaused.md";

/// What that means, in sentences.
pub(super) fn paused_step_sentences(step: &PausedStep) -> Vec<String> {
    let what = format!("its step {}", step.activity_type);
    vec![
        who_paused(&what, step.pause.as_ref()),
        "a worker that has the step in hand ends it all the same. If that worker is gone, it stands \
         still until the step is unpaused: no time limit ends a paused step, so the partner is not \
         asked and its deadline is not watched"
            .to_owned(),
    ]
}

/// Who paused `what`, when and why.
pub(super) fn who_paused(what: &str, pause: Option<&Pause>) -> String {
    let Some(Pause { by, reason, since }) = pause else {
        return format!("somebody paused {what}");
    };
    let since = since.map_or(String::new(), |at| format!(" at {at:.0}"));
    let reason = match reason.as_str() {
        "" => "without a reason",
        reason => reason,
    };
    format!("{by} paused {what}{since}: {reason}")
}
