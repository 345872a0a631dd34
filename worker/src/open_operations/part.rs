//! The parts in which open operations are listed. Each is listed at its own pace, so that the many
//! that merely wait don't hold up the few that somebody has to look at.

use workflows::contract::search_attributes::PHASE;
use workflows::contract::state::Phase;
use workflows::{ExtraPayment, LookAgain, PaymentReversal, RecordSavedCard};

use super::labels::{UNKNOWN, phases};

const NEEDS_ATTENTION: &str = Phase::NeedsAttention.as_str();

/// The phases in which something may have been sent.
pub(super) const AFTER_SENDING: [Phase; 4] = [
    Phase::AwaitingCompletion,
    Phase::Verifying,
    Phase::Finalizing,
    Phase::NeedsAttention,
];

/// What is listed together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Part {
    /// The open operations that show this phase, and in `needs_attention` the incidents that
    /// looking again has opened, and the saved cards that procaas has not accepted.
    Phase(&'static str),
    /// Operations that make no progress: paused, or with a paused step.
    Paused,
    /// The earlier runs of operations that continued as new ones.
    EarlierRuns,
    /// Operations that ended without saying what happened to the money, and second looks that
    /// were cut off.
    EndedByForce,
}

impl Part {
    pub(super) fn all() -> impl Iterator<Item = Part> {
        let others = [Part::Paused, Part::EarlierRuns, Part::EndedByForce];
        // The phases' ages go by the earlier runs.
        others.into_iter().chain(phases().map(Part::Phase))
    }

    /// Its name in the metrics.
    pub(super) fn name(self) -> &'static str {
        match self {
            Part::Phase(phase) => phase,
            Part::Paused => "paused",
            Part::EarlierRuns => "earlier_runs",
            Part::EndedByForce => "ended_by_force",
        }
    }

    /// What finds it. Paused operations are not closed.
    pub(super) fn query(self) -> String {
        let payments = is_one_of(
            "WorkflowType",
            &[ExtraPayment::name(), PaymentReversal::name()],
        );
        let others = is_one_of(
            "WorkflowType",
            &[LookAgain::name(), RecordSavedCard::name()],
        );
        let in_phase = PHASE.name();
        match self {
            Part::Phase(NEEDS_ATTENTION) => format!(
                r#"CloseTime IS NULL AND {in_phase} = "{NEEDS_ATTENTION}" AND
                ({payments} OR {others})"#
            ),
            Part::Phase(UNKNOWN) => {
                let known = phases().join(r#"", ""#);
                format!(
                    r#"CloseTime IS NULL AND {payments} AND
                    ({in_phase} IS NULL OR {in_phase} NOT IN ("{known}"))"#
                )
            }
            Part::Phase(phase) => {
                format!(r#"CloseTime IS NULL AND {payments} AND {in_phase} = "{phase}""#)
            }
            // Temporal does not enforce a paused step's time limits, so if its worker was lost, the
            // operation waits for ever. Paused steps are in a search attribute of Temporal's own.
            Part::Paused => format!(
                r#"CloseTime IS NULL AND
                (ExecutionStatus = "Paused" OR TemporalPauseInfo IS NOT NULL) AND
                ({payments} OR {others})"#
            ),
            Part::EarlierRuns => format!(r#"ExecutionStatus = "ContinuedAsNew" AND {payments}"#),
            // By force, or by a failure after a phase in which something may have been sent. A
            // request that breaks a rule fails before that.
            Part::EndedByForce => {
                let after_sending = is_one_of(in_phase, &AFTER_SENDING.map(Phase::as_str));
                let looks = is_one_of("WorkflowType", &[LookAgain::name()]);
                format!(
                    r#"(({payments} OR {looks}) AND ExecutionStatus IN ("Terminated", "TimedOut"))
                    OR ({payments} AND ExecutionStatus = "Failed" AND {after_sending})"#
                )
            }
        }
    }
}

/// The condition that a search attribute has one of these values.
fn is_one_of(attribute: &str, values: &[&str]) -> String {
    format!(r#"{attribute} IN ("{}")"#, values.join(r#"", ""#))
}
