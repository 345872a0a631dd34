//! What an operator is told about an operation: what is at stake, and what may be done about it.

use serde::{Deserialize, Serialize};

use crate::contract::resolution::ResolveAs;

/// What is at stake.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Stake {
    /// Nothing was sent, or what was sent is proven not to have arrived.
    NothingSent,
    /// A submission was sent, and its outcome is unknown.
    OutcomeOpen,
    /// The rider was charged, and billing has not recorded it.
    MoneyTakenNotBilled,
    /// The partner has the reversal, but has not confirmed it as requested.
    MoneyReturnedNotConfirmed,
    /// All books agree.
    Agreed,
    /// An operator closed it.
    ClosedByHand,
}

/// Something that an operator may do.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// The update `check_now`.
    CheckNow,
    /// Nothing: the operation continues by itself.
    Wait,
    /// The update `resolve` as completed.
    ResolveAsCompleted,
    /// The update `resolve` as declined.
    ResolveAsDeclined,
    /// The update `resolve` as abandoned.
    ResolveAsAbandoned,
}

/// An action that would be accepted, and its consequences.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Advice {
    /// The action.
    pub action: Action,
    /// Whether the partner's answers are enough for it: no money can move after it that it does not
    /// account for. Otherwise it relies on what the operator says.
    pub safe: bool,
    /// The consequences, and what is left to do by hand.
    pub because: String,
    /// What the operator has to provide with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<Naming>,
}

/// What only an operator can know.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Naming {
    /// The partner's id of the operation.
    PartnerPaymentId,
    /// The id of a billing document that somebody created by hand.
    BillingDocumentId,
}

impl Stake {
    /// The form used in summaries and sentences.
    pub fn label(self) -> &'static str {
        match self {
            Stake::NothingSent => "nothing sent",
            Stake::OutcomeOpen => "sent, outcome open",
            Stake::MoneyTakenNotBilled => "money taken, not billed",
            Stake::MoneyReturnedNotConfirmed => "reversal accepted, not confirmed",
            Stake::Agreed => "agreed",
            Stake::ClosedByHand => "closed by an operator",
        }
    }
}

impl Action {
    /// The form used in lists.
    pub fn label(self) -> &'static str {
        match self {
            Action::CheckNow => "check_now",
            Action::Wait => "wait",
            Action::ResolveAsCompleted => "resolve as completed",
            Action::ResolveAsDeclined => "resolve as declined",
            Action::ResolveAsAbandoned => "resolve as abandoned",
        }
    }

    /// The end that this action gives an operation, if it is a resolution.
    pub fn resolve_as(self) -> Option<ResolveAs> {
        match self {
            Action::CheckNow | Action::Wait => None,
            Action::ResolveAsCompleted => Some(ResolveAs::Completed),
            Action::ResolveAsDeclined => Some(ResolveAs::Declined),
            Action::ResolveAsAbandoned => Some(ResolveAs::Abandoned),
        }
    }
}

impl From<ResolveAs> for Action {
    fn from(resolve_as: ResolveAs) -> Action {
        match resolve_as {
            ResolveAs::Completed => Action::ResolveAsCompleted,
            ResolveAs::Declined => Action::ResolveAsDeclined,
            ResolveAs::Abandoned => Action::ResolveAsAbandoned,
        }
    }
}

impl Naming {
    /// The name of the field in the contract.
    pub fn field(self) -> &'static str {
        match self {
            Naming::PartnerPaymentId => "partner_payment_id",
            Naming::BillingDocumentId => "billing_document_id",
        }
    }
}
