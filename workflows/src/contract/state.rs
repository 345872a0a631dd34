//! The answer of the query `state` and of the updates (`docs/contract.md`, "While it runs").

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::contract::advice::{Advice, Stake};
use crate::contract::approval::Proposal;
use crate::contract::cause::{Cause, LastError};
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
    /// What holds it up.
    pub fn cause(&self) -> Option<Cause> {
        self.last_error.as_ref().map(|error| error.cause)
    }
}

impl Phase {
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
