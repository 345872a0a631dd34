//! Temporal's own verbs, as typed by an operator who knows Temporal but not this project.

use std::process::Output;
use std::time::Duration;

use harness::Operation;
use serde_json::Value;
use tokio::process::Command;
use tokio::time::sleep;

use super::field::{Field, answer, error_text};

/// One of them. Terminating and deleting are not among them: `docs/contract.md` forbids them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Verb {
    ResetToFirst,
    ResetToLast,
    Pause,
    UnknownSignal,
    UnknownUpdate,
    SignalWithStart,
    PauseStep,
    RepeatStep,
    ResetStep,
    FailStep,
    CompleteStep,
}

impl Verb {
    /// Those that are about a whole workflow.
    pub(crate) const ON_WORKFLOWS: [Verb; 6] = [
        Verb::ResetToFirst,
        Verb::ResetToLast,
        Verb::Pause,
        Verb::UnknownSignal,
        Verb::UnknownUpdate,
        Verb::SignalWithStart,
    ];

    /// Those that are about the activity that is under way.
    pub(crate) const ON_STEPS: [Verb; 5] = [
        Verb::PauseStep,
        Verb::RepeatStep,
        Verb::ResetStep,
        Verb::FailStep,
        Verb::CompleteStep,
    ];

    /// In words.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Verb::ResetToFirst => "temporal: reset to the first task",
            Verb::ResetToLast => "temporal: reset to the last task",
            Verb::Pause => "temporal: paused for a while",
            Verb::UnknownSignal => "temporal: unknown signal",
            Verb::UnknownUpdate => "temporal: unknown update",
            Verb::SignalWithStart => "temporal: signal-with-start",
            Verb::PauseStep => "temporal: step paused for a while",
            Verb::RepeatStep => "temporal: step given three attempts",
            Verb::ResetStep => "temporal: step given three attempts and reset",
            Verb::FailStep => "temporal: step failed by hand",
            Verb::CompleteStep => "temporal: step completed by hand with nonsense",
        }
    }

    /// Whether Temporal tells who waits for the result of an end that is not the operation's: of the
    /// run whose place another takes, or of one that is only paused.
    pub(crate) fn ends_a_wait(self) -> bool {
        matches!(self, Verb::ResetToFirst | Verb::ResetToLast | Verb::Pause)
    }

    /// What is typed, one after the other.
    fn commands(self) -> &'static [&'static str] {
        const THREE: &str = "activity update-options --retry-maximum-attempts 3";
        match self {
            Verb::ResetToFirst => &[RESET],
            Verb::ResetToLast => &["workflow reset --reason campaign --type LastWorkflowTask"],
            Verb::Pause => &["workflow pause"],
            Verb::UnknownSignal => &["workflow signal --name nonsense --input null"],
            Verb::UnknownUpdate => &["workflow update execute --name nonsense --input null"],
            Verb::SignalWithStart => &[
                "workflow signal-with-start --signal-name payment_completed \
                 --id-reuse-policy RejectDuplicate --id-conflict-policy UseExisting \
                 --task-queue sky-technologies-integration",
            ],
            Verb::PauseStep => &["activity pause"],
            Verb::RepeatStep => &[THREE],
            Verb::ResetStep => &[THREE, "activity reset"],
            Verb::FailStep => &["activity fail"],
            Verb::CompleteStep => &["activity complete --result null"],
        }
    }

    /// What is typed a while later, so that it does not last for ever.
    fn end(self) -> Option<&'static str> {
        match self {
            Verb::Pause => Some("workflow unpause"),
            Verb::PauseStep => Some("activity unpause"),
            _ => None,
        }
    }
}

/// Says it about an operation; whether Temporal took it.
pub(crate) async fn say(field: &Field, operation: &Operation, verb: Verb) -> anyhow::Result<bool> {
    let workflow = operation.workflow_id();
    let mut about = vec!["--workflow-id".to_owned(), workflow.clone()];
    if Verb::ON_STEPS.contains(&verb) {
        match step_under_way(field, &workflow).await? {
            Some(step) => about.extend(["--activity-id".to_owned(), step]),
            None => return Ok(false),
        }
    }
    let end_about = about.clone();
    if verb == Verb::SignalWithStart {
        about.extend(start(operation));
    }
    let mut is_taken = true;
    for command in verb.commands() {
        let output = temporal(field, command, &about).await?;
        is_taken &= match verb {
            // The worker refuses it, and the workflow goes on.
            Verb::UnknownUpdate => error_text(&output).contains("nonsense"),
            _ => output.status.success(),
        };
    }
    if let (true, Some(command)) = (is_taken, verb.end()) {
        sleep(PAUSED).await;
        until_taken(field, command, &end_about).await?;
    }
    if verb == Verb::Pause && failed_before_its_task_started(field, &workflow).await? {
        until_taken(field, RESET, &end_about).await?;
    }
    Ok(is_taken)
}

/// Types it until it is taken. What has ended meanwhile takes no end of a pause.
async fn until_taken(field: &Field, command: &str, about: &[String]) -> anyhow::Result<()> {
    for _ in 0..TRIES {
        if temporal(field, command, about).await?.status.success() {
            break;
        }
        sleep(BETWEEN_LOOKS).await;
    }
    Ok(())
}

/// Whether a task waited for a worker when the pause came. The server fails such a task, and the SDK can't
/// replay a task that failed before it was started: the run is stuck until it is reset.
async fn failed_before_its_task_started(field: &Field, workflow: &str) -> anyhow::Result<bool> {
    let about = ["--workflow-id", workflow, "--output", "json"].map(str::to_owned);
    for _ in 0..TRIES {
        let history = temporal(field, "workflow show", &about).await?;
        if history.status.success() {
            let history = String::from_utf8_lossy(&history.stdout);
            return Ok(history.contains("PAUSE_REQUESTED_BEFORE_TASK_STARTED"));
        }
        sleep(BETWEEN_LOOKS).await;
    }
    Ok(false)
}

/// The id of its activity, as soon as one is under way; none where it closes before.
async fn step_under_way(field: &Field, workflow: &str) -> anyhow::Result<Option<String>> {
    let about = ["--workflow-id", workflow, "--output", "json"].map(str::to_owned);
    for _ in 0..TRIES {
        let output = temporal(field, "workflow describe", &about).await?;
        if output.status.success() {
            let described: Value = answer(&output)?;
            if let Some(step) = described["pendingActivities"][0]["activityId"].as_str() {
                return Ok(Some(step.to_owned()));
            }
            let status = &described["workflowExecutionInfo"]["status"];
            if status != "WORKFLOW_EXECUTION_STATUS_RUNNING" {
                return Ok(None);
            }
        }
        sleep(BETWEEN_LOOKS).await;
    }
    Ok(None)
}

/// The start that the signal comes with.
fn start(operation: &Operation) -> [String; 4] {
    [
        "--type".to_owned(),
        operation.kind.workflow_type().to_owned(),
        "--input".to_owned(),
        operation.input().to_string(),
    ]
}

/// Types it until Temporal is there, which it is not while it is down.
async fn temporal(field: &Field, arguments: &str, about: &[String]) -> anyhow::Result<Output> {
    loop {
        let command = field.stack.read().await.temporal().cli_command();
        let mut command = Command::from(command);
        command
            .args(arguments.split_whitespace())
            .args(about)
            .args(["--command-timeout", "5s"])
            .kill_on_drop(true);
        let output = command.output().await?;
        if !error_text(&output).contains("failed connecting") {
            return Ok(output);
        }
        sleep(BETWEEN_LOOKS).await;
    }
}

const RESET: &str = "workflow reset --reason campaign --type FirstWorkflowTask";

const PAUSED: Duration = Duration::from_millis(1500);

const TRIES: usize = 40;

const BETWEEN_LOOKS: Duration = Duration::from_millis(250);
