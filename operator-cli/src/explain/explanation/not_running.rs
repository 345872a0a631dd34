//! Operations that are not running: what each of Temporal's other statuses means for them.

use jiff::Timestamp;
use payments_client::{Description, NoOutcome, Pause, WorkflowExecutionStatus};
use workflows::contract::advice::Stake;
use workflows::contract::state::State;

use super::paused_step::{PAUSED_PAGE, paused_step_sentences, who_paused};
use super::{Explanation, NEVER, OTHER_ID};
use crate::explain::past::EarlierRun;
use crate::labels::{kind, status};

/// At some partners it is so for a while, at others for ever (decisions 16 and 18).
const STARTED_AGAIN: &str = "start it again, under whatever id, unless it sent nothing: the new run \
                             knows nothing of what was sent, and may send it once more";

const STARTED_AFTER_ANOTHER: &str = "start it again, under whatever id: the new run knows nothing \
                                     of what the earlier one sent, and may send it once more";

const TO_ITS_FIRST_TASK: &str = "to its first workflow task: the new run keeps its account, asks the \
                                 partner before it sends anything, and bills what was paid";

const ASK_PEOPLE: &str = "compare with the partner: its people, or its report of the day";

const RESET_AND_ANEW: &str =
    "reset it and start it under another request id as well: both would be carried out";

impl Explanation {
    /// `state` is what a worker says of it all the same, `end` how it failed. There is no
    /// [`EarlierRun`].
    pub(crate) fn not_running(
        description: &Description,
        state: Option<&State>,
        end: Option<&NoOutcome>,
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
                match description.outcome.as_deref() {
                    Some("declined" | "rejected") => it.safe.push(
                        "ask for it anew, under another request id: nothing moved under this one"
                            .to_owned(),
                    ),
                    _ => it.never.push(OTHER_ID),
                }
                it.commands.push(result);
            }
            (WorkflowExecutionStatus::Canceled, _) => it.sent_nothing(description),
            (WorkflowExecutionStatus::Failed, Some(end)) if end.sent_nothing() => {
                it.sent_nothing(description);
            }
            (WorkflowExecutionStatus::Failed, None) => {
                it.never.extend([STARTED_AGAIN, OTHER_ID]);
                it.commands.push(result);
            }
            _ if description.was_cut_off() => it.was_cut_off(description, state),
            _ => it
                .commands
                .push(format!("sky-payments explain {request_id}")),
        }
        it
    }

    /// One that was ended by force before it sent anything.
    pub(crate) fn cut_off_unsent(description: &Description, as_of: Timestamp) -> Explanation {
        let request_id = &description.request_id;
        let how = by_force(description.status);
        let mut state = vec![format!("{how}, before anything was sent: no money moved")];
        state.extend(closed_at(description));
        Explanation {
            as_of,
            state,
            safe: vec![
                "leave it so, if it is not wanted any more".to_owned(),
                "reset it to its first workflow task: the new run asks the partner before it sends \
                 anything. It may also end declined, or need attention, without being sent"
                .to_owned(),
            ],
            not_safe: Vec::new(),
            never: vec![RESET_AND_ANEW],
            commands: vec![
                format!("sky-payments show {request_id}"),
                reset(&request_id.workflow_id()),
                ENDED_BY_FORCE_PAGE.to_owned(),
            ],
        }
    }

    /// One whose newest run sent nothing, under the id of an earlier one that may have.
    pub(crate) fn after_another(
        description: &Description,
        end: Option<&NoOutcome>,
        earlier: &EarlierRun,
        as_of: Timestamp,
    ) -> Explanation {
        let request_id = &description.request_id;
        let how = match description.status {
            WorkflowExecutionStatus::Canceled => "cancelled",
            _ => "refused",
        };
        let mut state = vec![format!("its newest run was {how}, and sent nothing")];
        if let Some(NoOutcome::InvalidRequest(rule)) = end {
            state.push(rule.to_string());
        }
        let mut commands = vec![format!("sky-payments show {request_id}")];
        let safe = match earlier {
            EarlierRun::MayHaveSent(run) if run.status == WorkflowExecutionStatus::Completed => {
                let outcome = run.outcome.as_deref().unwrap_or("completed");
                state.push(format!("its run {} has ended: {outcome}", run.run_id));
                vec!["leave it so: that end stands".to_owned()]
            }
            EarlierRun::MayHaveSent(run) => {
                let run_id = &run.run_id;
                state.push(format!(
                    "its run {run_id} ({}) may have sent something: only the partner knows \
                     whether money moved",
                    status(run.status)
                ));
                let run = format!("{} -r {run_id}", request_id.workflow_id());
                commands.extend(ways_on(&run));
                vec![
                    format!("reset run {run_id} {TO_ITS_FIRST_TASK}"),
                    ASK_PEOPLE.to_owned(),
                ]
            }
            EarlierRun::NotListed(error) => {
                state.push(format!(
                    "whether an earlier run under its id has sent something is unknown: {error}"
                ));
                commands.push(format!("sky-payments explain {request_id}"));
                vec!["explain it once more, when its runs can be listed".to_owned()]
            }
        };
        state.extend(closed_at(description));
        Explanation {
            as_of,
            state,
            safe,
            not_safe: Vec::new(),
            never: vec![STARTED_AFTER_ANOTHER, OTHER_ID],
            commands,
        }
    }

    /// The id was not used up: under it, and under any other, it is no second payment.
    fn sent_nothing(&mut self, description: &Description) {
        let kind = kind(description.kind);
        self.safe.push(
            "start the same request id again, corrected if need be: nothing was sent, so no money \
             can move twice. Temporal's name for such a start is the id reuse policy \
             AllowDuplicateFailedOnly"
                .to_owned(),
        );
        self.commands.push(format!(
            "sky-payments start {kind} --again --input FILE    # its request: show prints it"
        ));
    }

    fn is_paused(&mut self, description: &Description) {
        let request_id = &description.request_id;
        self.safe.push(
            "unpause it: it goes on where it was, and asks before it sends anything".to_owned(),
        );
        self.not_safe.extend([
            "leave it so: nobody asks the partner, and its deadline passes unseen".to_owned(),
            "check_now, resolve: refused while it is paused".to_owned(),
        ]);
        self.never = NEVER.to_vec();
        self.commands.extend([
            format!(
                "temporal workflow unpause -w {} --reason WHY",
                request_id.workflow_id()
            ),
            format!("sky-payments explain {request_id}"),
            PAUSED_PAGE.to_owned(),
        ]);
    }

    fn was_cut_off(&mut self, description: &Description, state: Option<&State>) {
        let stake = state.and_then(|state| state.at_stake);
        self.state
            .extend(stake.map(|stake| format!("at stake then: {}", stake.label())));
        self.safe.push(format!("reset it {TO_ITS_FIRST_TASK}"));
        self.safe.push(ASK_PEOPLE.to_owned());
        self.never.extend([STARTED_AGAIN, OTHER_ID]);
        let workflow_id = description.request_id.workflow_id();
        self.commands.extend(ways_on(&workflow_id));
    }
}

/// Whether somebody or a time limit ended it, without its own code having failed.
pub(crate) fn ended_by_force(status: WorkflowExecutionStatus) -> bool {
    matches!(
        status,
        WorkflowExecutionStatus::Terminated | WorkflowExecutionStatus::TimedOut
    )
}

/// Whether the state of an ended run proves that it sent nothing. A submission counts as sent from
/// the moment that it is scheduled until a report denies it. Before its terms are agreed nothing is at
/// stake yet, and a run that was reset does not know then what the run before it has sent.
pub(crate) fn never_sent(state: &State) -> bool {
    !state.submitted && state.at_stake == Some(Stake::NothingSent)
}

/// How it stands or ended, in sentences; none while it runs and no step of it is paused.
pub(crate) fn standing_sentences(
    description: &Description,
    end: Option<&NoOutcome>,
) -> Vec<String> {
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
        (WorkflowExecutionStatus::Failed, Some(NoOutcome::InvalidRequest(rule))) => vec![
            "it was refused, and nothing was sent: its request breaks a rule, or the worker's \
             configuration has nothing for it"
                .to_owned(),
            rule.to_string(),
        ],
        (WorkflowExecutionStatus::Failed, end) => vec![match end {
            Some(end) => end.to_string(),
            None => "it failed; its result says why. An InvalidRequest sent nothing; on any \
                         other failure only the partner knows whether money moved"
                .to_owned(),
        }],
        (status @ (WorkflowExecutionStatus::Terminated | WorkflowExecutionStatus::TimedOut), _) => {
            let how = by_force(status);
            vec![
                format!("{how}: only the partner knows whether money moved"),
                ON_ITS_WAY.to_owned(),
            ]
        }
        (WorkflowExecutionStatus::ContinuedAsNew, _) => {
            vec!["this run goes on in a newer one: that is the one to look at".to_owned()]
        }
        (WorkflowExecutionStatus::Running | WorkflowExecutionStatus::Unspecified, _) => {
            let step = description.paused_step.as_ref();
            step.map_or_else(Vec::new, paused_step_sentences)
        }
    };
    sentences.extend(closed_at(description));
    sentences
}

fn by_force(status: WorkflowExecutionStatus) -> &'static str {
    match status {
        WorkflowExecutionStatus::TimedOut => {
            "a time limit that its start had set ended it, by force"
        }
        _ => "somebody terminated it, by force",
    }
}

fn closed_at(description: &Description) -> Option<String> {
    let at = description.closed_at?;
    Some(format!("closed at {at:.0}"))
}

/// For what ended by force. `run` is as for [`reset`].
fn ways_on(run: &str) -> [String; 3] {
    [
        "sky-payments reconcile --report FILE".to_owned(),
        reset(run),
        ENDED_BY_FORCE_PAGE.to_owned(),
    ]
}

/// `run` is a workflow id, and a run's id where it is not the newest one.
fn reset(run: &str) -> String {
    format!("temporal workflow reset -w {run} --type FirstWorkflowTask --reason WHY")
}

const ENDED_BY_FORCE_PAGE: &str = "# docs/runbook/alerts/SkyEndedByForce.md";

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
