//! Temporal's own verbs, as typed with the `temporal` command.

/// What is done to a payment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Verb {
    Cancel,
    Terminate,
    ResetFirst,
    ResetLast,
    Pause,
    PauseUnpause,
    Delete,
    ActivityPause,
    ActivityPauseUnpause,
    ActivityReset,
    ActivityAttempts,
    ActivityTimeout,
    ActivityCompleteOther,
    ActivityCompleteNull,
    ActivityFail,
    SignalUnknown,
    SignalGarbage,
    UpdateUnknown,
    UpdateGarbage,
    QueryUnknown,
    UpdateWithStart,
    SignalWithStart,
    StartFail,
    StartUseExisting,
    StartTerminateExisting,
    StartRejectDuplicate,
    StartAllowDuplicate,
    StartFailedOnly,
    StartTerminateIfRunning,
}

/// The payment that a verb is done to.
pub(super) struct Target<'a> {
    pub(super) workflow: &'a str,
    /// What finds it in Temporal's list.
    pub(super) query: &'a str,
    /// The input that its start had.
    pub(super) input: &'a str,
    /// Its pending activity or, where there is none, one that has ended.
    pub(super) activity: &'a str,
}

impl Verb {
    /// The words of the table.
    pub(super) fn label(self) -> &'static str {
        match self {
            Verb::Cancel => "`workflow cancel`",
            Verb::Terminate => "`workflow terminate`",
            Verb::ResetFirst => "`workflow reset --type FirstWorkflowTask`",
            Verb::ResetLast => "`workflow reset --type LastWorkflowTask`",
            Verb::Pause => "`workflow pause`",
            Verb::PauseUnpause => "`workflow pause`, `unpause`",
            Verb::Delete => "`workflow delete`",
            Verb::ActivityPause => "`activity pause`",
            Verb::ActivityPauseUnpause => "`activity pause`, `unpause`",
            Verb::ActivityReset => "`activity reset`",
            Verb::ActivityAttempts => "`activity update-options --retry-maximum-attempts 3`",
            Verb::ActivityTimeout => "`activity update-options --start-to-close-timeout 2s`",
            Verb::ActivityCompleteOther => "`activity complete`, a result that is not ours",
            Verb::ActivityCompleteNull => "`activity complete --result null`",
            Verb::ActivityFail => "`activity fail`",
            Verb::SignalUnknown => "`workflow signal`, an unknown name",
            Verb::SignalGarbage => "`workflow signal`, an argument that does not decode",
            Verb::UpdateUnknown => "`workflow update`, an unknown name",
            Verb::UpdateGarbage => "`workflow update`, an argument that does not decode",
            Verb::QueryUnknown => "`workflow query`, an unknown name",
            Verb::UpdateWithStart => "`workflow start-update-with-start`, `UseExisting`",
            Verb::SignalWithStart => "`workflow signal-with-start`",
            Verb::StartFail => "`workflow start --id-conflict-policy Fail`",
            Verb::StartUseExisting => "`workflow start --id-conflict-policy UseExisting`",
            Verb::StartTerminateExisting => {
                "`workflow start --id-conflict-policy TerminateExisting`"
            }
            Verb::StartRejectDuplicate => "`workflow start --id-reuse-policy RejectDuplicate`",
            Verb::StartAllowDuplicate => "`workflow start --id-reuse-policy AllowDuplicate`",
            Verb::StartFailedOnly => "`workflow start --id-reuse-policy AllowDuplicateFailedOnly`",
            Verb::StartTerminateIfRunning => {
                "`workflow start --id-reuse-policy TerminateIfRunning`"
            }
        }
    }

    /// Whether it is done to an activity.
    pub(super) fn is_about_an_activity(self) -> bool {
        self.label().starts_with("`activity")
    }

    /// The commands, one after the other, without the word `temporal`.
    #[rustfmt::skip]
    pub(super) fn commands<'a>(self, target: &Target<'a>) -> Vec<Vec<&'a str>> {
        let workflow = |verb, more: &[&'a str]| {
            [&["workflow", verb, "-w", target.workflow], more].concat()
        };
        let activity = |verb, more: &[&'a str]| {
            let named = ["activity", verb, "-w", target.workflow, "--activity-id", target.activity];
            [&named, more].concat()
        };
        let start = |verb, more: &[&'a str]| {
            let same = [
                "--type", "process_extra_payment", "--task-queue", "sky-technologies-integration",
                "--input", target.input,
            ];
            workflow(verb, &[&same, more].concat())
        };
        let policy = |kind, policy| start("start", &["--fail-existing", kind, policy]);
        let (conflict, reuse) = ("--id-conflict-policy", "--id-reuse-policy");
        let last = match self {
            Verb::Cancel => workflow("cancel", &[]),
            Verb::Terminate => workflow("terminate", &["--reason", "test"]),
            Verb::ResetFirst => workflow("reset", &["--type", "FirstWorkflowTask", "--reason", "test"]),
            Verb::ResetLast => workflow("reset", &["--type", "LastWorkflowTask", "--reason", "test"]),
            Verb::Pause => workflow("pause", &[]),
            Verb::PauseUnpause => return vec![workflow("pause", &[]), workflow("unpause", &[])],
            // By the workflow's id alone it asks back.
            Verb::Delete => vec![
                "workflow", "delete", "--yes", "--reason", "test", "--query", target.query,
            ],
            Verb::ActivityPause => activity("pause", &[]),
            Verb::ActivityPauseUnpause => return vec![activity("pause", &[]), activity("unpause", &[])],
            Verb::ActivityReset => activity("reset", &[]),
            Verb::ActivityAttempts => activity("update-options", &["--retry-maximum-attempts", "3"]),
            Verb::ActivityTimeout => activity("update-options", &["--start-to-close-timeout", "2s"]),
            Verb::ActivityCompleteOther => activity("complete", &["--result", r#"{"done":"by hand"}"#]),
            Verb::ActivityCompleteNull => activity("complete", &["--result", "null"]),
            Verb::ActivityFail => activity("fail", &["--reason", "by hand"]),
            Verb::SignalUnknown => workflow("signal", &["--name", "no_such_signal"]),
            Verb::SignalGarbage => workflow("signal", &[
                "--name", "payment_completed", "--input", "garbage", "--input-meta", "encoding=no/such",
            ]),
            Verb::UpdateUnknown => workflow_update(target, "no_such_update", &[]),
            Verb::UpdateGarbage => workflow_update(target, "resolve", &[
                "--input", "garbage", "--input-meta", "encoding=no/such",
            ]),
            Verb::QueryUnknown => workflow("query", &["--name", "no_such_query"]),
            Verb::UpdateWithStart => start("start-update-with-start", &[
                "--update-name", "check_now", "--update-wait-for-stage", "accepted",
                conflict, "UseExisting",
            ]),
            Verb::SignalWithStart => start("signal-with-start", &["--signal-name", "payment_completed"]),
            Verb::StartFail => policy(conflict, "Fail"),
            Verb::StartUseExisting => start("start", &[conflict, "UseExisting"]),
            Verb::StartTerminateExisting => policy(conflict, "TerminateExisting"),
            Verb::StartRejectDuplicate => policy(reuse, "RejectDuplicate"),
            Verb::StartAllowDuplicate => policy(reuse, "AllowDuplicate"),
            Verb::StartFailedOnly => policy(reuse, "AllowDuplicateFailedOnly"),
            Verb::StartTerminateIfRunning => policy(reuse, "TerminateIfRunning"),
        };
        vec![last]
    }
}

fn workflow_update<'a>(target: &Target<'a>, name: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let update = [
        "workflow",
        "update",
        "execute",
        "-w",
        target.workflow,
        "--name",
        name,
    ];
    [&update, more].concat()
}
