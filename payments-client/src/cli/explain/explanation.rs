//! What the state of an operation means for whoever is on call. Pure code over what Temporal and a
//! worker say.

use payments_client::{Description, Error, WorkflowExecutionStatus, workflow_type};
use serde::Serialize;
use workflows::attention::{Advice, Stake};
use workflows::heard::Heard;
use workflows::resolution::Resolution;
use workflows::state::{Phase, State};

use super::commands::{Whom, commands};
use crate::output::until;

/// In sentences and commands, as they are printed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct Explanation {
    /// What is known.
    pub(super) state: Vec<String>,
    /// What is safe now, and why.
    pub(super) safe: Vec<String>,
    /// What is not safe now, and why.
    pub(super) not_safe: Vec<String>,
    /// What could move money twice, whatever the state.
    pub(super) never: Vec<&'static str>,
    /// What to type.
    pub(super) commands: Vec<String>,
}

/// Each of these leaves a submission behind that nobody asks about any more, and most of them make
/// another one.
const NEVER: [&str; 3] = [
    "terminate it: what was sent goes on at the partner, and nobody asks about it any more",
    "reset it: the run forgets what it has sent",
    OTHER_ID,
];

const OTHER_ID: &str =
    "start it again under another request id: to the partner that is another payment";

impl Explanation {
    pub(crate) fn new(description: &Description, state: Result<&State, &Error>) -> Explanation {
        let whom = Whom::One(description.request_id.to_string());
        match (description.status, state) {
            (WorkflowExecutionStatus::Running, Ok(state)) => Explanation::of_running(&whom, state),
            (WorkflowExecutionStatus::Running, Err(error)) => Explanation::unanswered(&whom, error),
            (_, state) => Explanation::of_ended(description, state.ok()),
        }
    }

    pub(super) fn of_running(whom: &Whom, state: &State) -> Explanation {
        let [mut safe, mut not_safe] = [Vec::new(), Vec::new()];
        for Advice {
            action,
            safe: is_safe,
            because,
        } in &state.actions
        {
            let line = format!("{}: {because}", action.words());
            match is_safe {
                true => safe.push(line),
                false => not_safe.push(line),
            }
        }
        if state.phase != Phase::NeedsAttention {
            safe.push("wait: it goes on by itself".to_owned());
            safe.push(
                "check_now: it asks first, and submits only what the partner does not know"
                    .to_owned(),
            );
            not_safe.push("resolve: refused while it needs no attention".to_owned());
        }
        Explanation {
            state: sentences(state),
            safe,
            not_safe,
            never: NEVER.to_vec(),
            commands: commands(whom, state),
        }
    }

    /// What Temporal knows without a worker.
    pub(super) fn unanswered(whom: &Whom, error: &Error) -> Explanation {
        let command = match whom {
            Whom::One(request_id) => format!("sky-payments show {request_id}"),
            Whom::Many(filter) => format!("sky-payments list {filter}"),
        };
        Explanation {
            state: vec![
                "it runs, and no worker says where it is; nothing is lost meanwhile".to_owned(),
                error.to_string(),
            ],
            safe: vec!["start the workers: it goes on where it was".to_owned()],
            not_safe: Vec::new(),
            never: NEVER.to_vec(),
            commands: vec![command],
        }
    }

    /// `state` is what a worker says of it all the same.
    pub(super) fn of_ended(description: &Description, state: Option<&State>) -> Explanation {
        let request_id = &description.request_id;
        let mut commands = vec![format!("sky-payments show {request_id}")];
        let mut known = Vec::new();
        match description.status {
            WorkflowExecutionStatus::Completed => {
                let outcome = description
                    .outcome
                    .as_deref()
                    .unwrap_or("without an outcome");
                known.push(format!("it has ended: {outcome}"));
                commands.push(format!("sky-payments result {request_id}"));
            }
            WorkflowExecutionStatus::Canceled => {
                known.push("it was cancelled before anything was submitted".to_owned());
            }
            WorkflowExecutionStatus::Terminated => {
                known.push(
                    "it was terminated by force: only the partner knows whether money moved"
                        .to_owned(),
                );
                let stake = state.and_then(|state| state.at_stake);
                known.extend(stake.map(|stake| format!("at stake then: {}", stake.words())));
                commands.push(
                    "# to have the partner asked, and it sent only if the partner does not know it, \
                     start it again as it was; no sooner than schedule.visibility_delay and a \
                     minute after it was terminated:"
                        .to_owned(),
                );
                let kind = workflow_type(description.kind);
                commands.push(format!(
                    "temporal workflow start --type {kind} -w {} \
                     --task-queue sky-technologies-integration \
                     --id-reuse-policy AllowDuplicateFailedOnly --input 'ITS INPUT, FROM show'",
                    request_id.workflow_id()
                ));
                commands.push("# with the partner's report of its day:".to_owned());
                commands.push("sky-payments reconcile --report FILE".to_owned());
            }
            _ => {
                known.push(
                    "it failed: its input broke a rule, or the worker's configuration does"
                        .to_owned(),
                );
                commands.push(format!("sky-payments result {request_id}"));
            }
        }
        known.extend(description.closed_at.map(|at| format!("closed at {at:.0}")));
        Explanation {
            state: known,
            safe: Vec::new(),
            not_safe: Vec::new(),
            never: vec![OTHER_ID],
            commands,
        }
    }

    pub(super) fn sections(&self) -> [(&'static str, Vec<&str>); 5] {
        [
            ("What is known", lines(&self.state)),
            ("Safe now", lines(&self.safe)),
            ("Not safe now", lines(&self.not_safe)),
            ("Never", self.never.clone()),
            ("What to type", lines(&self.commands)),
        ]
    }
}

fn lines(lines: &[String]) -> Vec<&str> {
    lines.iter().map(String::as_str).collect()
}

fn sentences(state: &State) -> Vec<String> {
    let mut sentences = vec![match (state.phase, state.submitted) {
        (Phase::Submitting, _) if state.at_stake == Some(Stake::OutcomeOpen) => {
            "it is being submitted right now: it may have arrived".to_owned()
        }
        (Phase::Submitting, false) => "nothing has reached the partner yet".to_owned(),
        (Phase::Submitting, true) => {
            "what was sent before did not arrive; it is submitted again".to_owned()
        }
        (Phase::AwaitingCompletion, _) => {
            "the partner has it, or may have it, and has not told the end".to_owned()
        }
        (Phase::Verifying, _) => "the partner is being asked right now".to_owned(),
        (Phase::Finalizing, _) => "the rider was charged, and billing is being told".to_owned(),
        (Phase::NeedsAttention, _) => {
            "it needs an operator, and goes on asking slowly by itself".to_owned()
        }
        (Phase::Closed, _) => "it is at its end".to_owned(),
    }];
    if let Some(error) = &state.last_error {
        sentences.push(format!("trouble: {error}"));
    }
    if let Some(heard) = &state.last_heard {
        let Heard { words, from, at } = heard;
        let from = from.words();
        sentences.push(format!("last heard: {words} from {from} at {at:.0}"));
    }
    if let Some(stake) = state.at_stake {
        sentences.push(format!("at stake: {}", stake.words()));
    }
    let (checks, callbacks) = (state.status_checks, state.callbacks_received);
    sentences.push(format!("asked {checks} times, {callbacks} callbacks"));
    if let Some(at) = state.next_check_at {
        sentences.push(format!("next try at {at:.0} (in {})", until(at)));
    }
    if let Some(proposal) = &state.proposal {
        let Resolution {
            verdict,
            operator,
            reason,
            ..
        } = &proposal.resolution;
        let (verdict, at) = (verdict.as_str(), proposal.proposed_at);
        sentences.push(format!(
            "{operator} proposes to resolve it as {verdict}, since {at:.0}: {reason}"
        ));
    }
    sentences
}

#[cfg(test)]
mod tests;
