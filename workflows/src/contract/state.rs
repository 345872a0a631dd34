//! The answer of the query `state` and of the updates (`docs/contract.md`, "While it runs").

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::contract::advice::{Advice, Stake};
use crate::contract::approval::Proposal;
use crate::contract::cause::{Cause, LastError};
use crate::contract::chosen_account::ChosenAccount;
use crate::contract::last_report::LastReport;

/// The phase of an operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Getting the submission to the partner.
    Submitting,
    /// The partner has it, or may have it; waiting for the callback.
    AwaitingCompletion,
    /// Asking the partner.
    Verifying,
    /// The money moved; billing is being told.
    Finalizing,
    /// An operator should look at it. It keeps asking by itself, slowly.
    NeedsAttention,
    /// It has ended.
    Closed,
}

/// A running operation, for operators and procaas.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct State {
    /// Its phase.
    pub phase: Phase,
    /// Over which merchant account; absent until the terms are decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<ChosenAccount>,
    /// Whether a submission was sent or may have been.
    pub submitted: bool,
    /// How often the partner was asked for the status.
    pub status_checks: u32,
    /// When the next attempt is made by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Option<crate::contract::moment::Moment>")
    )]
    pub next_check_at: Option<Timestamp>,
    /// What went wrong last, or why it needs attention, as the fields `cause` and `last_error`.
    #[serde(flatten)]
    pub last_error: Option<LastError>,
    /// How many signals reached the workflow.
    pub callbacks_received: u32,
    /// What is at stake.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_stake: Option<Stake>,
    /// What the partner or billing last said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_heard: Option<LastReport>,
    /// What may be done about it while it needs attention.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<Advice>,
    /// The resolution that waits for another operator's approval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposal: Option<Proposal>,
}

impl State {
    /// What is going on, as a sentence: the same wherever people read it.
    pub fn in_words(&self) -> &'static str {
        match (self.phase, self.submitted) {
            (Phase::Submitting, _) if self.at_stake == Some(Stake::OutcomeOpen) => {
                "it is being submitted right now: it may have arrived"
            }
            (Phase::Submitting, false) => "nothing has reached the partner yet",
            (Phase::Submitting, true) => {
                "what was sent before did not arrive; it is submitted again"
            }
            (Phase::AwaitingCompletion, _) => {
                "the partner has it, or may have it, and has not told the end"
            }
            (Phase::Verifying, _) => "the partner is being asked right now",
            (Phase::Finalizing, _) => "the money moved, and billing is being told",
            (Phase::NeedsAttention, _) => {
                "it needs an operator, and goes on asking slowly by itself"
            }
            (Phase::Closed, _) => "it is at its end",
        }
    }

    /// What holds it up.
    pub fn cause(&self) -> Option<Cause> {
        self.last_error.as_ref().map(|error| error.cause)
    }
}

impl Phase {
    /// All of them.
    pub const ALL: [Phase; 6] = [
        Phase::Submitting,
        Phase::AwaitingCompletion,
        Phase::Verifying,
        Phase::Finalizing,
        Phase::NeedsAttention,
        Phase::Closed,
    ];

    /// The name in the contract.
    pub const fn as_str(self) -> &'static str {
        match self {
            Phase::Submitting => "submitting",
            Phase::AwaitingCompletion => "awaiting_completion",
            Phase::Verifying => "verifying",
            Phase::Finalizing => "finalizing",
            Phase::NeedsAttention => "needs_attention",
            Phase::Closed => "closed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_phase_is_written_as_it_is_named() {
        for phase in Phase::ALL {
            assert_eq!(serde_json::to_value(phase).unwrap(), phase.as_str());
        }
    }
}
