//! Operations and money added up. Payments and reversals are never added together, nor are
//! currencies.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use workflows::contract::kind::Kind;

use super::entry::{Class, Entry, Side};

/// The operations of one class, kind and currency.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct Tally {
    /// The result of the comparison.
    pub(crate) class: Class,
    /// An extra payment or a reversal.
    pub(crate) kind: Kind,
    /// ISO 4217; empty if it is unknown.
    pub(crate) currency: &'static str,
    /// How many, declined ones included.
    pub(crate) operations: usize,
    /// How much money moved according to us, in minor units.
    pub(crate) ours_minor: i128,
    /// How much money moved according to the partner, in minor units.
    pub(crate) theirs_minor: i128,
}

/// A tally for each class, kind and currency that occurs, matched ones first. If the two sides
/// differ in kind or currency, an operation counts under each side's own.
pub(crate) fn sums(entries: &[Entry]) -> Vec<Tally> {
    let mut sums = BTreeMap::new();
    let mut counted = BTreeSet::new();
    for Entry {
        request_id,
        class,
        ours,
        theirs,
        ..
    } in entries
    {
        let mut tally = |(kind, currency): Key, operations: usize, ours: i128, theirs: i128| {
            let tally = sums.entry((*class, kind, currency)).or_insert(Tally {
                class: *class,
                kind,
                currency,
                operations: 0,
                ours_minor: 0,
                theirs_minor: 0,
            });
            tally.operations += operations;
            tally.ours_minor += ours;
            tally.theirs_minor += theirs;
        };
        // What the report has twice, we have once.
        let is_first = counted.insert(request_id);
        let ours = ours.as_ref().filter(|_| is_first);
        if let Some(side) = ours {
            tally(side.key(), 1, side.moved_minor(), 0);
        }
        if let Some(side) = theirs {
            let is_counted = ours.is_some_and(|ours| ours.key() == side.key());
            tally(side.key(), usize::from(!is_counted), 0, side.moved_minor());
        }
    }
    sums.into_values().collect()
}

/// A kind and a currency.
type Key = (Kind, &'static str);

impl Side {
    fn key(&self) -> Key {
        (self.kind, self.money.map_or("", |money| money.currency()))
    }

    /// The money that moved, according to this side.
    fn moved_minor(&self) -> i128 {
        let moved = self.money.filter(|_| self.status.has_moved());
        moved.map_or(0, |money| i128::from(money.minor()))
    }
}

#[cfg(test)]
mod tests {
    use workflows::contract::ids::RequestId;
    use workflows::contract::money::Money;
    use workflows::operation::partner_report::Status;

    use super::*;
    use crate::reconciliation::entry::Standing;

    const COMPLETED: Status = Status::Completed;

    fn declined() -> Status {
        let code = "unspecified".to_owned();
        Status::Declined { code }
    }

    fn side(status: Status) -> Option<Side> {
        Some(Side {
            kind: Kind::ExtraPayment,
            status: Standing::AtPartner(status),
            money: Some(Money::parse("125.50", "KGS").unwrap()),
            partner_payment_id: None,
            merchant: None,
        })
    }

    fn entry(id: &str, class: Class, ours: Status, theirs: Status) -> Entry {
        Entry {
            request_id: RequestId::parse(id).unwrap(),
            class,
            differs: vec![],
            ours: side(ours),
            theirs: side(theirs),
        }
    }

    fn told(entries: &[Entry]) -> Vec<(Class, usize, i128, i128)> {
        sums(entries)
            .iter()
            .map(|it| (it.class, it.operations, it.ours_minor, it.theirs_minor))
            .collect()
    }

    #[test]
    fn sums_hold_the_money_that_moved_by_each_side_s_word() {
        let entries = [
            entry("r-1", Class::Matched, COMPLETED, COMPLETED),
            entry("r-2", Class::Matched, COMPLETED, COMPLETED),
            entry("r-3", Class::Matched, declined(), declined()),
            entry("r-4", Class::Differs, declined(), COMPLETED),
        ];
        let expected = [
            (Class::Matched, 3, 25_100, 25_100),
            (Class::Differs, 1, 0, 12_550),
        ];
        assert_eq!(told(&entries), expected);
    }

    #[test]
    fn what_the_report_lists_three_times_is_ours_once() {
        let double = || entry("r-1", Class::Differs, COMPLETED, COMPLETED);
        let expected = [(Class::Differs, 3, 12_550, 37_650)];
        assert_eq!(told(&[double(), double(), double()]), expected);
    }
}
