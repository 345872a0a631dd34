//! Operations of which no worker speaks any more, or yet: each of Temporal's statuses but running.

use jiff::Timestamp;
use payments_client::{Description, Error, Pause, WorkflowExecutionStatus};
use workflows::contract::state::State;

use super::paused_step::{paused_step_sentences, who_paused};
use super::{Explanation, NEVER, OTHER_ID};

/// What was sent before a run was cut off may arrive, and be shown, until then.
const LATEST: &str = "schedule.visibility_delay, four times schedule.request_timeout and a minute";

const TOO_SOON: &str = "start it again, under whatever id, before what was sent must have shown: \
                        the new run would not see it, and send it once more";

impl Explanation {
    /// `state` is what a worker says of it all the same, `end` how it failed.
    pub(crate) fn not_running(
        description: &Description,
        state: Option<&State>,
        end: Option<&Error>,
        as_of: Timestamp,
    ) -> Explanation {
        let request_id = &description.request_id;
        let show = format!("sky-payments show {request_id}");
        let result = format!("sky-payments result {request_id}");
        let mut it = Explanation {
            as_of,
            state: standing_sentences(description, end),
            safe: Vec::new(),
            not_safe: Vec::new(),
            never: Vec::new(),
            commands: vec![show],
        };
        match (description.status, end) {
            (WorkflowExecutionStatus::Paused, _) => it.is_paused(description),
            (WorkflowExecutionStatus::Completed, _) => {
                it.never.push(OTHER_ID);
                it.commands.push(result);
            }
            // Nothing was sent, so under another id it is no second payment.
            (WorkflowExecutionStatus::Canceled, _)
            | (WorkflowExecutionStatus::Failed, Some(Error::InvalidRequest(_))) => {
                it.safe
                    .push("ask for it again, corrected, under another request id".to_owned());
                it.commands.push(result);
            }
            (WorkflowExecutionStatus::Failed, None) => {
                it.never.extend([TOO_SOON, OTHER_ID]);
                it.commands.push(result);
            }
            _ if description.was_cut_off() => it.was_cut_off(description, state),
            _ => it
                .commands
                .push(format!("sky-payments explain {request_id}")),
        }
        it
    }

    fn is_paused(&mut self, description: &Description) {
        let request_id = &description.request_id;
        self.safe.push(
            "unpause it: it goes on where it was, and asks before it sends anything".to_owned(),
        );
        self.not_safe.push(
            "leave it so: nobody asks the partner, and its deadline passes unseen".to_owned(),
        );
        self.not_safe
            .push("check_now, resolve: refused while it is paused".to_owned());
        self.never = NEVER.to_vec();
        self.commands.push(format!(
            "temporal workflow unpause -w {} --reason WHY",
            request_id.workflow_id()
        ));
        self.commands
            .push(format!("sky-payments explain {request_id}"));
        self.commands
            .push("# docs/runbook/alerts/SkyPaused.md".to_owned());
    }

    fn was_cut_off(&mut self, description: &Description, state: Option<&State>) {
        let request_id = &description.request_id;
        let stake = state.and_then(|state| state.at_stake);
        self.state
            .extend(stake.map(|stake| format!("at stake then: {}", stake.words())));
        let closed_at = description.closed_at;
        let since = closed_at.map_or("its end".to_owned(), |at| format!("{at:.0}"));
        self.not_safe
            .push(format!("start it again before {since} and {LATEST}"));
        self.safe.push(
            "reset it to its first workflow task: the new run keeps its account, asks the partner \
             before it sends anything, and bills what was paid"
                .to_owned(),
        );
        self.safe
            .push("compare with the partner: its people, or its report of the day".to_owned());
        self.never.extend([TOO_SOON, OTHER_ID]);
        self.commands
            .push("sky-payments reconcile --report FILE".to_owned());
        self.commands.push(format!(
            "temporal workflow reset -w {} --type FirstWorkflowTask --reason WHY",
            request_id.workflow_id()
        ));
        self.commands
            .push("# docs/runbook/alerts/SkyEndedByForce.md".to_owned());
    }
}

/// How it stands or ended, in sentences; none while it runs and no step of it is paused.
pub(crate) fn standing_sentences(description: &Description, end: Option<&Error>) -> Vec<String> {
    let mut sentences = match (description.status, end) {
        (WorkflowExecutionStatus::Paused, _) => {
            return paused_sentences(description.pause.as_ref());
        }
        (WorkflowExecutionStatus::Completed, _) => {
            let outcome = description.outcome.as_deref();
            vec![format!(
                "it has ended: {}",
                outcome.unwrap_or("without an outcome")
            )]
        }
        (WorkflowExecutionStatus::Canceled, _) => vec![
            "it was cancelled before anything was submitted: nothing was sent, no money moved"
                .to_owned(),
        ],
        (WorkflowExecutionStatus::Failed, Some(Error::InvalidRequest(rule))) => vec![
            "its request breaks a rule, so it was refused and nothing was sent".to_owned(),
            rule.to_string(),
        ],
        (WorkflowExecutionStatus::Failed, end) => vec![
            match end {
                Some(error) => format!("it failed: {error}"),
                None => "it failed; its result says why. An InvalidRequest sent nothing".to_owned(),
            },
            "on any other failure only the partner knows whether money moved".to_owned(),
        ],
        (WorkflowExecutionStatus::Terminated, _) => vec![
            "somebody terminated it, by force: only the partner knows whether money moved"
                .to_owned(),
            ON_ITS_WAY.to_owned(),
        ],
        (WorkflowExecutionStatus::TimedOut, _) => vec![
            "a time limit that its start had set ended it, by force: only the partner knows \
             whether money moved"
                .to_owned(),
            ON_ITS_WAY.to_owned(),
        ],
        (WorkflowExecutionStatus::ContinuedAsNew, _) => {
            vec!["this run goes on in a newer one: that is the one to look at".to_owned()]
        }
        (WorkflowExecutionStatus::Running | WorkflowExecutionStatus::Unspecified, _) => {
            let step = description.paused_step.as_ref();
            step.map_or_else(Vec::new, paused_step_sentences)
        }
    };
    let closed_at = description.closed_at;
    sentences.extend(closed_at.map(|at| format!("closed at {at:.0}")));
    sentences
}

const ON_ITS_WAY: &str = "what it had sent goes on there, and nobody asks about it any more";

fn paused_sentences(pause: Option<&Pause>) -> Vec<String> {
    vec![
        who_paused("it", pause),
        "it is open and stands still: the partner is not asked, its deadline is not watched, no \
         command is taken"
            .to_owned(),
        "what was sent goes on at the partner; callbacks wait until it goes on".to_owned(),
    ]
}
