//! The table: what each verb does to a payment in each phase. `docs/temporal-verbs.md` shows it.

use super::verb::Verb;

/// Where a payment is when the verb is done.
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
    /// The partner has completed it, and does not let us ask.
    NeedsAttention,
    /// Completed and billed.
    Closed,
}

/// What must be seen once whatever held it is lifted. Money moves once in each of them.
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

/// Whether somebody may do it.
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
    /// In the order of [`PHASES`].
    pub(super) ends: [End; 6],
    pub(super) may: May,
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
    use May::{Never, NotNeeded, Yes};
    [
        row(Verb::Cancel, running(Completes, Completes), Yes),
        row(Verb::Terminate, running(CutOff, Refused), Never),
        row(Verb::ResetFirst, running(Again, Again), NotNeeded),
        row(Verb::ResetLast, running(Again, Again), NotNeeded),
        row(Verb::Pause, running(StandsStill, Refused), NotNeeded),
        row(Verb::PauseUnpause, running(Completes, Refused), NotNeeded),
        row(Verb::Delete, running(Gone, Gone), Never),
        row(Verb::ActivityPause, in_a_step(), Never),
        row(Verb::ActivityPauseUnpause, in_a_step(), NotNeeded),
        row(Verb::ActivityReset, in_a_step(), NotNeeded),
        row(Verb::ActivityAttempts, in_a_step(), NotNeeded),
        row(Verb::ActivityTimeout, in_a_step(), NotNeeded),
        row(Verb::ActivityCompleteOther, in_a_step(), Never),
        row(Verb::ActivityCompleteNull, in_a_step(), Never),
        row(Verb::ActivityFail, in_a_step(), NotNeeded),
        row(Verb::SignalUnknown, running(Completes, Refused), Yes),
        row(Verb::SignalGarbage, running(Completes, Refused), Yes),
        row(Verb::UpdateUnknown, running(Refused, Refused), Yes),
        row(Verb::UpdateGarbage, running(Refused, Refused), Yes),
        row(Verb::QueryUnknown, running(Refused, Refused), Yes),
        row(Verb::UpdateWithStart, running(Completes, Again), NotNeeded),
        row(Verb::SignalWithStart, running(Completes, Again), NotNeeded),
        row(Verb::StartFail, running(Refused, Again), NotNeeded),
        row(Verb::StartUseExisting, running(Completes, Again), NotNeeded),
        row(Verb::StartTerminateExisting, running(Again, Again), Never),
        row(Verb::StartRejectDuplicate, running(Refused, Refused), Yes),
        row(Verb::StartAllowDuplicate, running(Refused, Again), NotNeeded),
        row(Verb::StartFailedOnly, running(Refused, Refused), NotNeeded),
        row(Verb::StartTerminateIfRunning, running(Again, Again), Never),
    ]
};

const fn row(verb: Verb, ends: [End; 6], may: May) -> Row {
    Row { verb, ends, may }
}

const fn running(open: End, closed: End) -> [End; 6] {
    [open, open, open, open, open, closed]
}

/// Where there is no step under way, there is no activity to do it to.
const fn in_a_step() -> [End; 6] {
    use End::{Completes, Refused};
    [Completes, Refused, Completes, Completes, Refused, Refused]
}

impl Phase {
    /// As the state query has it.
    pub(super) fn words(self) -> &'static str {
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
    pub(super) fn words(self) -> &'static str {
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
    pub(super) fn words(self) -> &'static str {
        match self {
            May::Yes => "yes",
            May::NotNeeded => "no need",
            May::Never => "**never**",
        }
    }
}

/// The table as the documentation shows it.
pub(super) fn markdown() -> String {
    let heads = PHASES.map(Phase::words).join(" | ");
    let mut text = format!("| `temporal` | {heads} | may one? |\n");
    text += &format!("|{}\n", " --- |".repeat(PHASES.len() + 2));
    for row in &TABLE {
        let ends = row.ends.map(End::words).join(" | ");
        text += &format!("| {} | {ends} | {} |\n", row.verb.words(), row.may.words());
    }
    text
}
