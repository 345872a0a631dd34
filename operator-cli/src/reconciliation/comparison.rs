//! The comparison of one day.

use jiff::civil::Date;
use serde::Serialize;

use super::entry::{Class, Entry};
use super::sums::Sums;

/// What both sides say of one day.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct Reconciliation {
    /// The day, in UTC.
    pub(crate) date: Date,
    /// The merchant account that the report is of, where one was named.
    pub(crate) merchant: Option<String>,
    /// How many operations both sides tell alike.
    pub(crate) matched: usize,
    /// All that is not matched, in the order of the report, ours alone last.
    pub(crate) entries: Vec<Entry>,
    /// Operations and money, per class, kind and currency.
    pub(crate) sums: Sums,
}

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

    /// Whether nothing differs. What is still open may yet agree, and what is of another day is
    /// judged there.
    pub(crate) fn agrees(&self) -> bool {
        self.entries.iter().all(|entry| entry.class.is_a_note())
    }
}
