//! One operation in the comparison.

use std::fmt;

use serde::{Serialize, Serializer};
use workflows::contract::ids::RequestId;
use workflows::contract::kind::Kind;
use workflows::contract::money::Money;
use workflows::operation::partner_report::Status;

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

/// What one side says, in our terms.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct Side {
    /// An extra payment or a reversal.
    pub(crate) kind: Kind,
    /// How it stands.
    pub(crate) status: Standing,
    /// The amount, as the fields `amount` and `currency`.
    #[serde(flatten)]
    pub(crate) money: Option<Money>,
    /// The partner's id of the operation, if this side knows it.
    pub(crate) partner_payment_id: Option<String>,
    /// The merchant account, if this side knows it.
    pub(crate) merchant: Option<String>,
}

/// How an operation stands, by one side.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Standing {
    /// As the partner can have it too.
    AtPartner(Status),
    /// As only ours can be: `running`, or ended without an operation at the partner.
    OnlyOurs(&'static str),
}

impl Standing {
    /// The same status. Why it was declined is not compared: not every side knows it.
    pub(super) fn agrees_with(&self, other: &Standing) -> bool {
        match (self, other) {
            (
                Standing::AtPartner(Status::Declined { .. }),
                Standing::AtPartner(Status::Declined { .. }),
            ) => true,
            (one, other) => one == other,
        }
    }

    /// Whether money moved.
    pub(super) fn has_moved(&self) -> bool {
        *self == Standing::AtPartner(Status::Completed)
    }

    pub(super) fn is_pending(&self) -> bool {
        *self == Standing::AtPartner(Status::Pending)
    }
}

/// A word, in sentences and in the JSON.
impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Standing::AtPartner(Status::Pending) => "pending",
            Standing::AtPartner(Status::Completed) => "completed",
            Standing::AtPartner(Status::Declined { .. }) => "declined",
            Standing::AtPartner(Status::Unknown(text)) => text,
            Standing::OnlyOurs(word) => word,
        })
    }
}

impl Serialize for Standing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
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
