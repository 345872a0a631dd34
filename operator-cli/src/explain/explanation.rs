//! What the state of an operation means for the engineer on call. Pure code that uses what Temporal
//! and a worker say.

pub(super) mod not_running;
mod paused_step;

use jiff::{SignedDuration, Timestamp};
use payments_client::{Description, Error, WorkflowExecutionStatus};
use serde::{Serialize, Serializer};
use workflows::contract::advice::{Advice, Stake};
use workflows::contract::last_report::LastReport;
use workflows::contract::resolution::Resolution;
use workflows::contract::state::{Phase, State};

use super::commands::{CommandTarget, commands};
use super::past::Past;
use crate::labels::count;
use crate::output::{Output, ticket};

/// In sentences and commands, as they are printed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct Explanation {
    /// When it was true: before the first request was sent, so that nothing in it is older.
    #[serde(serialize_with = "to_the_second")]
    pub(super) as_of: Timestamp,
    /// What is known.
    pub(super) state: Vec<String>,
    /// What is safe in this state, and why.
    pub(super) safe: Vec<String>,
    /// What is not safe in this state, and why.
    pub(super) not_safe: Vec<String>,
    /// What could move money twice, whatever the state.
    pub(super) never: Vec<&'static str>,
    /// What to type.
    pub(super) commands: Vec<String>,
}

/// Each of these leaves a submission that nobody asks about any more, or creates another one.
const NEVER: [&str; 2] = [
    "terminate it: what was sent goes on at the partner, and nobody asks about it any more",
    OTHER_ID,
];

/// The same while nothing was sent.
const NEVER_YET: [&str; 2] = [
    "terminate it: cancel it instead, which ends it only if nothing was sent",
    "start it again under another request id while this one is open: both would be carried out",
];

const OTHER_ID: &str =
    "start it again under another request id: to the partner that is another payment";

/// Why what is open is not simply sent once more.
const ONLY_THEN: &str = "it is submitted again only if the partner drops repeats, or has shown that \
     the last submission did not arrive";

impl Explanation {
    /// Without a state, no worker was asked.
    pub(super) fn of(
        target: &CommandTarget,
        description: &Description,
        state: Option<Result<&State, &Error>>,
        past: &Past,
        as_of: Timestamp,
    ) -> Explanation {
        let known = state.and_then(Result::ok);
        match (description.status, &description.paused_step, state) {
            (WorkflowExecutionStatus::Running, Some(step), _) => {
                Explanation::of_a_paused_step(description, step, known, as_of)
            }
            (WorkflowExecutionStatus::Running, None, Some(Ok(state))) => {
                Explanation::of_running(target, state, as_of)
            }
            (WorkflowExecutionStatus::Running, None, Some(Err(error))) => {
                Explanation::unanswered(target, error, as_of)
            }
            _ => {
                let end = past.end.as_ref();
                match &past.earlier {
                    Some(earlier) => Explanation::after_another(description, end, earlier, as_of),
                    None => Explanation::not_running(description, known, end, as_of),
                }
            }
        }
    }

    fn of_running(target: &CommandTarget, state: &State, as_of: Timestamp) -> Explanation {
        let [mut safe, mut not_safe] = [Vec::new(), Vec::new()];
        for Advice {
            action,
            safe: is_safe,
            because,
            ..
        } in &state.actions
        {
            let line = format!("{}: {because}", action.label());
            if *is_safe {
                safe.push(line)
            } else {
                not_safe.push(line)
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
            as_of,
            state: sentences(state, as_of),
            safe,
            not_safe,
            never: if state.submitted { NEVER } else { NEVER_YET }.to_vec(),
            commands: commands(target, state),
        }
    }

    /// What Temporal knows without a worker.
    fn unanswered(target: &CommandTarget, error: &Error, as_of: Timestamp) -> Explanation {
        let command = match target {
            CommandTarget::One(request_id) => format!("sky-payments show {request_id}"),
            CommandTarget::Many(filter) => format!("sky-payments list {filter}"),
        };
        Explanation {
            as_of,
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

    /// The commands are for the same Temporal as this one.
    pub(super) fn spell(&mut self, output: &Output) {
        for command in &mut self.commands {
            *command = output.spelled(command);
        }
    }

    /// Each title with its lines; the commands come after them.
    pub(super) fn sections(&self) -> [(String, Vec<&str>); 4] {
        let at = format!("{:.0}", self.as_of);
        [
            (format!("What is known, at {at}"), lines(&self.state)),
            (format!("Safe at {at}"), lines(&self.safe)),
            (format!("Not safe at {at}"), lines(&self.not_safe)),
            ("Never".to_owned(), self.never.clone()),
        ]
    }
}

fn to_the_second<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{at:.0}"))
}

fn lines(lines: &[String]) -> Vec<&str> {
    lines.iter().map(String::as_str).collect()
}

fn sentences(state: &State, as_of: Timestamp) -> Vec<String> {
    let mut sentences = vec![state.in_words().to_owned()];
    if let Some(account) = &state.account {
        sentences.push(account.in_words());
    }
    sentences.extend(reported_so_far(state));
    if let Some(at) = state.next_check_at {
        sentences.push(next_try(at, as_of));
    }
    if let Some(proposal) = &state.proposal {
        let Resolution {
            resolve_as: verdict,
            operator,
            reason,
            ..
        } = &proposal.resolution;
        let (verdict, at) = (verdict.as_str(), proposal.proposed_at);
        let ticket = ticket(&proposal.resolution);
        sentences.push(format!(
            "{operator} proposes to resolve it as {verdict}, since {at:.0}: {reason}{ticket}"
        ));
    }
    sentences
}

fn next_try(at: Timestamp, as_of: Timestamp) -> String {
    let pause = at.duration_since(as_of);
    if pause <= SignedDuration::ZERO {
        return format!("next try at once: it was due at {at:.0}");
    }
    let later = match pause.as_secs() {
        0 => "less than a second".to_owned(),
        seconds => format!("{:#}", SignedDuration::from_secs(seconds)),
    };
    format!("next try at {at:.0} ({later} later)")
}

/// What the steps so far have reported.
fn reported_so_far(state: &State) -> Vec<String> {
    let mut sentences = Vec::new();
    if let Some(error) = &state.last_error {
        sentences.push(format!("trouble ({}): {error}", error.cause.as_str()));
    }
    if let Some(LastReport { words, from, at }) = &state.last_heard {
        let from = from.label();
        sentences.push(format!("last report: {words} from {from} at {at:.0}"));
    }
    if let Some(stake) = state.at_stake {
        sentences.push(format!("at stake: {}", stake.label()));
        if stake == Stake::OutcomeOpen {
            sentences.push(ONLY_THEN.to_owned());
        }
    }
    let checks = count(state.status_checks as usize, "time");
    let callbacks = count(state.callbacks_received as usize, "callback");
    sentences.push(format!("asked {checks}, {callbacks}"));
    sentences
}

#[cfg(test)]
mod tests;
