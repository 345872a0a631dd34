//! One operation in the comparison.

use serde::Serialize;
use workflows::contract::ids::RequestId;
use workflows::contract::money::Money;

/// One operation, as each side describes it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct Entry {
    /// Which operation.
    pub(crate) request_id: RequestId,
    /// The result of the comparison.
    pub(crate) class: Class,
    /// The names of the fields that differ.
    pub(crate) differs: Vec<&'static str>,
    /// What we say.
    pub(crate) ours: Option<Side>,
    /// What the partner says.
    pub(crate) theirs: Option<Side>,
}

/// What one side says, in the terms of the partner's API where it has one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct Side {
    /// PAYMENT or REVERSAL.
    pub(crate) kind: &'static str,
    /// PENDING, COMPLETED or DECLINED; on our side also other ends of an operation, or `running`.
    pub(crate) status: String,
    /// The amount, as the fields `amount` and `currency`.
    #[serde(flatten)]
    pub(crate) money: Option<Money>,
    /// The partner's id of the operation, if this side knows it.
    pub(crate) partner_payment_id: Option<String>,
    /// The merchant account, if this side knows it.
    pub(crate) merchant: Option<String>,
}

/// The result of comparing the two sides.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Class {
    /// Both sides agree, for this day.
    Matched,
    /// Ours is still open: it has no final outcome yet.
    StillOpen,
    /// Both sides agree, but ours is of another day: if it ended, that day's report should have it.
    OtherDay,
    /// An operator closed ours on that day, and the report does not have it: the partner may have
    /// it under another day.
    ClosedByHand,
    /// Both sides have it, with differences; or the report has it twice.
    Differs,
    /// According to us the partner ended it on that day, but the report does not have it.
    OnlyOurs,
    /// The report has it, but we have no operation with that id (or not any more: closed ones are
    /// kept for the namespace's retention).
    OnlyTheirs,
}

/// The partner's status for money that moved.
pub(super) const COMPLETED: &str = "COMPLETED";

impl Class {
    /// Whether it is no difference.
    pub(super) fn is_a_note(self) -> bool {
        match self {
            Class::Matched | Class::StillOpen | Class::OtherDay | Class::ClosedByHand => true,
            Class::Differs | Class::OnlyOurs | Class::OnlyTheirs => false,
        }
    }

    /// The name in the JSON.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Class::Matched => "matched",
            Class::StillOpen => "still_open",
            Class::OtherDay => "other_day",
            Class::ClosedByHand => "closed_by_hand",
            Class::Differs => "differs",
            Class::OnlyOurs => "only_ours",
            Class::OnlyTheirs => "only_theirs",
        }
    }
}
