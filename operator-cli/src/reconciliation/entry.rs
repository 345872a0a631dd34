//! One operation in the comparison.

use serde::Serialize;
use workflows::contract::ids::RequestId;
use workflows::contract::money::Money;

/// One operation, as each side tells it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct Entry {
    /// Which operation.
    pub(crate) request_id: RequestId,
    /// What the comparison says.
    pub(crate) class: Class,
    /// The names of the fields that differ.
    pub(crate) differs: Vec<&'static str>,
    /// What we say.
    pub(crate) ours: Option<Side>,
    /// What the partner says.
    pub(crate) theirs: Option<Side>,
}

/// What one side says, in the words of the partner's API where it has one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct Side {
    /// PAYMENT or REVERSAL.
    pub(crate) kind: &'static str,
    /// PENDING, COMPLETED or DECLINED; of ours also how else an operation ended, or `running`.
    pub(crate) status: String,
    /// How much, as the fields `amount` and `currency`.
    #[serde(flatten)]
    pub(crate) money: Option<Money>,
    /// The partner's name of the operation, where this side knows it.
    pub(crate) partner_payment_id: Option<String>,
    /// Over which merchant account, where this side knows it.
    pub(crate) merchant: Option<String>,
}

/// What the comparison of the two sides says.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Class {
    /// Both say the same, of this day.
    Matched,
    /// Ours is still open: it has not said its last word.
    StillOpen,
    /// Both say the same, and ours is of another day: if it ended, that day's report was to have it.
    OtherDay,
    /// An operator's word closed ours on that day, and the report does not list it: the partner may
    /// have it under another day.
    ClosedByHand,
    /// Both have it, and not the same of it; or the report has it twice.
    Differs,
    /// We say that the partner ended it on that day, and the report does not list it.
    OnlyOurs,
    /// The report lists it, and we have no operation of that id (or no longer: closed ones are
    /// kept for the namespace's retention).
    OnlyTheirs,
}

/// The partner's word for money that moved.
pub(super) const COMPLETED: &str = "COMPLETED";

impl Class {
    /// Whether it tells of nothing that differs.
    pub(super) fn is_a_note(self) -> bool {
        match self {
            Class::Matched | Class::StillOpen | Class::OtherDay | Class::ClosedByHand => true,
            Class::Differs | Class::OnlyOurs | Class::OnlyTheirs => false,
        }
    }

    /// The word of the JSON.
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
