//! The comparison of our outcomes with a partner's report of one day: where the two sides do not
//! say the same, somebody's money is elsewhere than somebody believes.
//!
//! [`DayReport`] reads the partner's side; [`compare`] is the pure heart and judges one operation of it;
//! `ours` finds our side, each operation of the report by its id; [`Sums`] adds up.

mod day_report;
pub(crate) mod ours;
mod sums;

use jiff::civil::Date;
use serde::Serialize;
use workflows::ids::RequestId;
use workflows::money::Money;
use workflows::outcome::{Ending, Outcome};
use workflows::partner_word::Kind;

pub use day_report::{DayReport, ReportError, Row};
pub use ours::closed_since;
pub use sums::{Sums, Tally};

/// What both sides say of one day.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Reconciliation {
    /// The day, in UTC.
    pub date: Date,
    /// The merchant account that the report is of, where one was named.
    pub merchant: Option<String>,
    /// How many operations both sides tell alike.
    pub matched: usize,
    /// All that is not matched, in the order of the report, ours alone last.
    pub entries: Vec<Entry>,
    /// Operations and money, per class, kind and currency.
    pub sums: Sums,
}

/// One operation, as each side tells it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Entry {
    /// Which operation.
    pub request_id: RequestId,
    /// What the comparison says.
    pub class: Class,
    /// The names of the fields that differ.
    pub differs: Vec<&'static str>,
    /// What we say.
    pub ours: Option<Side>,
    /// What the partner says.
    pub theirs: Option<Side>,
}

/// What one side says, in the words of the partner's API where it has one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Side {
    /// PAYMENT or REVERSAL.
    pub kind: &'static str,
    /// PENDING, COMPLETED or DECLINED; of ours also how else an operation ended, or `running`.
    pub status: String,
    /// How much, as the fields `amount` and `currency`.
    #[serde(flatten)]
    pub money: Option<Money>,
    /// The partner's name of the operation, where this side knows it.
    pub partner_payment_id: Option<String>,
    /// Over which merchant account, where this side knows it.
    pub merchant: Option<String>,
}

/// What the comparison of the two sides says.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Both say the same.
    Matched,
    /// Ours is still running: it has not said its last word.
    StillOpen,
    /// Both have it, and not the same of it.
    Differs,
    /// We say that it ended on that day, and the report does not list it.
    OnlyOurs,
    /// The report lists it, and we have no operation of that id (or no longer: closed ones are
    /// kept for the namespace's retention).
    OnlyTheirs,
}

/// The status of ours while it runs.
pub(crate) const RUNNING: &str = "running";

/// The partner's word for money that moved.
const COMPLETED: &str = "COMPLETED";

impl Reconciliation {
    pub(crate) fn new(date: Date, merchant: Option<String>, entries: Vec<Entry>) -> Self {
        let sums = Sums::of(&entries);
        let (matched, entries): (Vec<Entry>, Vec<Entry>) = entries
            .into_iter()
            .partition(|entry| entry.class == Class::Matched);
        Reconciliation {
            date,
            merchant,
            matched: matched.len(),
            entries,
            sums,
        }
    }

    /// Whether nothing differs. What is still open may yet agree.
    pub fn agrees(&self) -> bool {
        let open = |entry: &Entry| entry.class == Class::StillOpen;
        self.entries.iter().all(open)
    }
}

/// Holds the two sides of an operation of the report against each other.
pub fn compare(request_id: RequestId, ours: Option<Side>, theirs: Side) -> Entry {
    let (class, differs) = match &ours {
        None => (Class::OnlyTheirs, vec![]),
        Some(ours) if ours.status == RUNNING => (Class::StillOpen, vec![]),
        Some(ours) => match ours.differences(&theirs) {
            differs if differs.is_empty() => (Class::Matched, differs),
            differs => (Class::Differs, differs),
        },
    };
    Entry {
        request_id,
        class,
        differs,
        ours,
        theirs: Some(theirs),
    }
}

/// An operation that ended on the day of the report, which does not list it.
pub fn unlisted(request_id: RequestId, ours: Side) -> Entry {
    Entry {
        request_id,
        class: Class::OnlyOurs,
        differs: vec![],
        ours: Some(ours),
        theirs: None,
    }
}

impl Class {
    /// The word of the JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Class::Matched => "matched",
            Class::StillOpen => "still_open",
            Class::Differs => "differs",
            Class::OnlyOurs => "only_ours",
            Class::OnlyTheirs => "only_theirs",
        }
    }
}

impl Side {
    /// Names and merchants are compared where both sides know one. Another partner payment id
    /// under the same request id is a second operation of the partner's: a double.
    fn differences(&self, other: &Side) -> Vec<&'static str> {
        let amount = |side: &Side| side.money.map(|money| money.amount());
        let currency = |side: &Side| side.money.map(|money| money.currency());
        let other_where_known = |one: &Option<String>, two: &Option<String>| {
            one.is_some() && two.is_some() && one != two
        };
        [
            ("kind", self.kind != other.kind),
            ("status", self.status != other.status),
            ("amount", amount(self) != amount(other)),
            ("currency", currency(self) != currency(other)),
            (
                "partner_payment_id",
                other_where_known(&self.partner_payment_id, &other.partner_payment_id),
            ),
            (
                "merchant",
                other_where_known(&self.merchant, &other.merchant),
            ),
        ]
        .into_iter()
        .filter_map(|(field, differs)| differs.then_some(field))
        .collect()
    }
}

/// An ended operation in the partner's words.
pub(crate) fn ended(kind: Kind, outcome: Outcome) -> Side {
    let status = match outcome.outcome {
        Ending::Completed => COMPLETED,
        Ending::Declined => "DECLINED",
        ending @ (Ending::Rejected | Ending::Abandoned) => ending.as_str(),
    };
    Side {
        kind: kind.partner_word(),
        status: status.to_owned(),
        money: Some(outcome.money),
        partner_payment_id: outcome.partner_payment_id,
        merchant: Some(outcome.merchant),
    }
}

#[cfg(test)]
mod tests;
