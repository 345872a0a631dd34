//! Operations and money added up. Payments and reversals are never added together, nor are
//! currencies.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Serialize, Serializer};
use workflows::contract::kind::Kind;

use super::entry::{Class, Entry, Side};

/// A [`Tally`] for each class, kind and currency that occurs.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Sums(BTreeMap<(Class, Kind, &'static str), Tally>);

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

impl Sums {
    /// If the two sides differ in kind or currency, an operation counts under each side's own.
    pub(crate) fn of(entries: &[Entry]) -> Sums {
        let mut sums = Sums::default();
        let mut counted = BTreeSet::new();
        for entry in entries {
            // What the report has twice, we have once.
            let is_first = counted.insert(&entry.request_id);
            let ours = entry.ours.as_ref().filter(|_| is_first);
            let ours = ours.map(|side| (side.key(), side.moved_minor()));
            let theirs = entry
                .theirs
                .as_ref()
                .map(|side| (side.key(), side.moved_minor()));
            if let Some((key, minor)) = ours {
                let tally = sums.tally(entry.class, key);
                tally.operations += 1;
                tally.ours_minor += minor;
            }
            if let Some((key, minor)) = theirs {
                let tally = sums.tally(entry.class, key);
                tally.operations += usize::from(ours.is_none_or(|(counted, _)| counted != key));
                tally.theirs_minor += minor;
            }
        }
        sums
    }

    /// Matched ones first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Tally> {
        self.0.values()
    }

    fn tally(&mut self, class: Class, (kind, currency): Key) -> &mut Tally {
        let empty = Tally {
            class,
            kind,
            currency,
            operations: 0,
            ours_minor: 0,
            theirs_minor: 0,
        };
        self.0.entry((class, kind, currency)).or_insert(empty)
    }
}

impl Serialize for Sums {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
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
        let sums = Sums::of(entries);
        sums.iter()
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
