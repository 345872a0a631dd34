//! What procaas and operators do to an operation.

use super::verb::Verb;

/// What procaas or an operator does beside starting it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Act {
    pub(crate) deed: Deed,
    pub(crate) after_ms: u64,
}

/// What somebody does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Deed {
    StartAgain,
    StartWithOtherAmount,
    CheckNow,
    Cancel,
    Say(Verb),
}

impl Deed {
    /// In words.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Deed::StartAgain => "procaas: started again",
            Deed::StartWithOtherAmount => "procaas: started again with another amount",
            Deed::CheckNow => "operator: check-now",
            Deed::Cancel => "procaas: asked to cancel",
            Deed::Say(verb) => verb.as_str(),
        }
    }
}
