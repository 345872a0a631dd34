//! The comparison of one day.

use jiff::civil::Date;
use serde::Serialize;

use super::entry::{Class, Entry};
use super::sums::{Tally, sums};

/// What both sides say about one day.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct Reconciliation {
    /// The day, in UTC.
    pub(crate) date: Date,
    /// The merchant account of the report, if one was named.
    pub(crate) merchant: Option<String>,
    /// The number of operations on which both sides agree.
    pub(crate) matched: usize,
    /// Everything that is not matched, in the order of the report; those that only we have come
    /// last.
    pub(crate) entries: Vec<Entry>,
    /// Operations and money, per class, kind and currency.
    pub(crate) sums: Vec<Tally>,
}

impl Reconciliation {
    pub(crate) fn new(date: Date, merchant: Option<String>, entries: Vec<Entry>) -> Self {
        let sums = sums(&entries);
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

    /// Whether there is no difference. Operations that are still open may agree later, and those of
    /// another day are compared there.
    pub(crate) fn agrees(&self) -> bool {
        self.entries.iter().all(|entry| entry.class.is_a_note())
    }
}
