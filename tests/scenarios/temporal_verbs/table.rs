//! The table: what each verb does to a payment in each phase. `docs/temporal-verbs.md` shows it.

use super::verb::Verb;

/// The phase of a payment when the verb is applied.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Phase {
    /// Its submission was executed, and has no answer yet.
    Submitting,
    /// The partner has it, and it is pending there.
    AwaitingCompletion,
    /// A question to the partner has no answer yet.
    Verifying,
    /// Billing has recorded it, and has not answered yet.
    Finalizing,
    /// The partner has completed it, and denies us access.
    NeedsAttention,
    /// Completed and billed.
    Closed,
}

/// The expected result once whatever held the payment is released. Money moves once in each of
/// them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum End {
    /// Completed and billed, as if nothing had been done.
    Completes,
    /// Temporal refuses the verb, and it is completed and billed.
    Refused,
    /// Another run takes it up, finds what the partner has, and completes it; billed once.
    Again,
    /// It stands still where it was, until it is unpaused; then it is completed and billed.
    StandsStill,
    /// It has ended without an outcome. Nobody asks the partner or tells billing any more.
    CutOff,
    /// The same, and Temporal knows nothing of it any more.
    Gone,
}

/// Whether using it is safe.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum May {
    /// It is harmless.
    Yes,
    /// It moves no money twice, and only costs time or confuses.
    NotNeeded,
    /// It cuts a payment off, lets it stand still unseen, or is safe alone once the partner shows what it has.
    Never,
}

pub(super) struct Row {
    pub(super) verb: Verb,
    ends: Ends,
    pub(super) may: May,
}

/// How a verb ends in each phase.
#[derive(Clone, Copy)]
enum Ends {
    /// In each that is open, and once it is closed.
    Workflow(End, End),
    /// It applies to a step: completes if one is running, and is refused if none is.
    Step,
}

pub(super) const PHASES: [Phase; 6] = [
    Phase::Submitting,
    Phase::AwaitingCompletion,
    Phase::Verifying,
    Phase::Finalizing,
    Phase::NeedsAttention,
    Phase::Closed,
];

#[rustfmt::skip]
pub(super) const TABLE: [Row; 29] = {
    use End::{Again, Completes, CutOff, Gone, Refused, StandsStill};
    use Ends::{Step, Workflow};
    use May::{Never, NotNeeded, Yes};
    [
        row(Verb::Cancel, Workflow(Completes, Completes), Yes),
        row(Verb::Terminate, Workflow(CutOff, Refused), Never),
        row(Verb::ResetFirst, Workflow(Again, Again), NotNeeded),
        row(Verb::ResetLast, Workflow(Again, Again), NotNeeded),
        row(Verb::Pause, Workflow(StandsStill, Refused), NotNeeded),
        row(Verb::PauseUnpause, Workflow(Completes, Refused), NotNeeded),
        row(Verb::Delete, Workflow(Gone, Gone), Never),
        row(Verb::ActivityPause, Step, Never),
        row(Verb::ActivityPauseUnpause, Step, NotNeeded),
        row(Verb::ActivityReset, Step, NotNeeded),
        row(Verb::ActivityAttempts, Step, NotNeeded),
        row(Verb::ActivityTimeout, Step, NotNeeded),
        row(Verb::ActivityCompleteOther, Step, Never),
        row(Verb::ActivityCompleteNull, Step, Never),
        row(Verb::ActivityFail, Step, NotNeeded),
        row(Verb::SignalUnknown, Workflow(Completes, Refused), Yes),
        row(Verb::SignalGarbage, Workflow(Completes, Refused), Yes),
        row(Verb::UpdateUnknown, Workflow(Refused, Refused), Yes),
        row(Verb::UpdateGarbage, Workflow(Refused, Refused), Yes),
        row(Verb::QueryUnknown, Workflow(Refused, Refused), Yes),
        row(Verb::UpdateWithStart, Workflow(Completes, Again), NotNeeded),
        row(Verb::SignalWithStart, Workflow(Completes, Again), NotNeeded),
        row(Verb::StartFail, Workflow(Refused, Again), NotNeeded),
        row(Verb::StartUseExisting, Workflow(Completes, Again), NotNeeded),
        row(Verb::StartTerminateExisting, Workflow(Again, Again), Never),
        row(Verb::StartRejectDuplicate, Workflow(Refused, Refused), Yes),
        row(Verb::StartAllowDuplicate, Workflow(Refused, Again), NotNeeded),
        row(Verb::StartFailedOnly, Workflow(Refused, Refused), NotNeeded),
        row(Verb::StartTerminateIfRunning, Workflow(Again, Again), Never),
    ]
};

const fn row(verb: Verb, ends: Ends, may: May) -> Row {
    Row { verb, ends, may }
}

impl Row {
    /// What must be seen of a payment to which it is done in this phase.
    pub(super) fn end(&self, phase: Phase) -> End {
        match self.ends {
            Ends::Workflow(_, closed) if phase == Phase::Closed => closed,
            Ends::Workflow(open, _) => open,
            Ends::Step if phase.rests() => End::Refused,
            Ends::Step => End::Completes,
        }
    }
}

impl Phase {
    /// As the state query has it.
    pub(super) fn label(self) -> &'static str {
        match self {
            Phase::Submitting => "submitting",
            Phase::AwaitingCompletion => "awaiting_completion",
            Phase::Verifying => "verifying",
            Phase::Finalizing => "finalizing",
            Phase::NeedsAttention => "needs_attention",
            Phase::Closed => "closed",
        }
    }

    /// Whether no step is under way in it: it is held for as long as one likes.
    pub(super) fn rests(self) -> bool {
        !matches!(
            self,
            Phase::Submitting | Phase::Verifying | Phase::Finalizing
        )
    }

    /// Whether billing has the payment.
    pub(super) fn is_billed(self) -> bool {
        matches!(self, Phase::Finalizing | Phase::Closed)
    }
}

impl End {
    pub(super) fn label(self) -> &'static str {
        match self {
            End::Completes => "completes",
            End::Refused => "refused",
            End::Again => "again",
            End::StandsStill => "stands still",
            End::CutOff => "**cut off**",
            End::Gone => "**gone**",
        }
    }
}

impl May {
    pub(super) fn label(self) -> &'static str {
        match self {
            May::Yes => "yes",
            May::NotNeeded => "no need",
            May::Never => "**never**",
        }
    }
}

/// The table as the documentation shows it.
pub(super) fn markdown() -> String {
    let mut text =
        "| `temporal` | open | closed | may one? |\n| --- | --- | --- | --- |\n".to_owned();
    for row in &TABLE {
        let (open, closed) = match row.ends {
            Ends::Workflow(open, closed) => (open.label(), closed.label()),
            Ends::Step => ("completes in a step, else refused", End::Refused.label()),
        };
        let (verb, may) = (row.verb.label(), row.may.label());
        text += &format!("| {verb} | {open} | {closed} | {may} |\n");
    }
    text
}
