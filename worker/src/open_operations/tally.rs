//! The sums over one listing.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use temporalio_common::protos::temporal::api::workflow::v1::WorkflowExecutionInfo;
use workflows::contract::search_attributes::AMOUNT_MINOR;

use super::earlier::Earlier;
use super::identity::{OPERATIONS, identity};
use super::labels;
use super::series::Labels;

/// The content of one listing.
pub(crate) struct Tally<'a> {
    merchants: &'a BTreeSet<String>,
    /// The open operations, by their labels.
    pub(crate) sums: BTreeMap<Labels, Sum>,
    /// How many make no progress.
    pub(crate) paused: ByAccount<u32>,
    open: Vec<Open>,
}

/// The sums of one series.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct Sum {
    pub(crate) count: u32,
    /// In minor units of the currency.
    pub(crate) minor: i64,
}

/// By what the operation is, and by its account; 0 where a configured account has none.
type ByAccount<T> = BTreeMap<(&'static str, String), T>;

struct Open {
    workflow_id: String,
    operation: &'static str,
    phase: &'static str,
    merchant: String,
    started_at: Timestamp,
}

impl<'a> Tally<'a> {
    /// An empty tally for the accounts with these names.
    pub(crate) fn new(merchants: &'a BTreeSet<String>) -> Tally<'a> {
        Tally {
            merchants,
            sums: BTreeMap::new(),
            paused: none(merchants),
            open: Vec::new(),
        }
    }

    /// Adds an open operation. Workflows that are not ours are ignored: anybody can start one of
    /// our types with an id of their own.
    pub(crate) fn add_open(&mut self, row: &WorkflowExecutionInfo) {
        let Some((workflow_id, operation, started_at)) = identity(row) else {
            return;
        };
        let attributes = labels::attributes(row);
        let phase = labels::phase(&attributes);
        let merchant = labels::merchant(&attributes, self.merchants);
        let series = vec![
            ("operation", operation.to_owned()),
            ("phase", phase.to_owned()),
            ("merchant", merchant.clone()),
            ("currency", labels::currency(&attributes)),
        ];
        let sum = self.sums.entry(series).or_default();
        sum.count = sum.count.saturating_add(1);
        let minor = attributes.get(&AMOUNT_MINOR).unwrap_or_default();
        sum.minor = sum.minor.saturating_add(minor);
        self.open.push(Open {
            workflow_id,
            operation,
            phase,
            merchant,
            started_at,
        });
    }

    /// Adds an operation that makes no progress: it is paused, or one of its steps is.
    pub(crate) fn add_paused(&mut self, row: &WorkflowExecutionInfo) {
        if let Some((_, operation, _)) = identity(row) {
            let merchant = labels::merchant(&labels::attributes(row), self.merchants);
            *self.paused.entry((operation, merchant)).or_default() += 1;
        }
    }

    /// How many seconds the oldest of a phase has been open at `now`.
    pub(crate) fn ages(&self, phase: &str, now: Timestamp, earlier: &Earlier) -> ByAccount<i64> {
        let mut ages = none(self.merchants);
        for open in self.open.iter().filter(|open| open.phase == phase) {
            let start = earlier.start(&open.workflow_id, open.started_at);
            let age = (now.as_second() - start.as_second()).max(0);
            let account = (open.operation, open.merchant.clone());
            let oldest = ages.entry(account).or_default();
            *oldest = age.max(*oldest);
        }
        ages
    }
}

fn none<T: Default>(merchants: &BTreeSet<String>) -> ByAccount<T> {
    let mut none = BTreeMap::new();
    for (_, operation) in OPERATIONS {
        let names = merchants.iter();
        none.extend(names.map(|name| ((operation, name.clone()), T::default())));
    }
    none
}

#[cfg(test)]
mod tests {
    use temporalio_common::search_attributes::SearchAttributes;
    use workflows::contract::search_attributes::{CURRENCY, MERCHANT, PHASE};

    use super::*;
    use crate::open_operations::identity::row;

    const NOW: i64 = 1_790_000_000;

    fn waiting(merchant: &str, currency: &str, minor: i64) -> SearchAttributes {
        SearchAttributes::new([
            PHASE.value_set("awaiting_completion".to_owned()),
            MERCHANT.value_set(merchant.to_owned()),
            CURRENCY.value_set(currency.to_owned()),
            AMOUNT_MINOR.value_set(minor),
        ])
    }

    fn age(tally: &Tally, earlier: &Earlier, operation: &'static str, merchant: &str) -> i64 {
        let now = Timestamp::from_second(NOW).unwrap();
        let ages = tally.ages("awaiting_completion", now, earlier);
        ages[&(operation, merchant.to_owned())]
    }

    #[test]
    fn amounts_are_summed_by_kind_phase_account_and_currency_alone() {
        let merchants = BTreeSet::from(["kg-main".to_owned()]);
        let mut tally = Tally::new(&merchants);
        for (id, age, attributes) in [
            ("sky-payment-1", 5, waiting("kg-main", "KGS", 100)),
            ("sky-payment-2", 9, waiting("kg-main", "KGS", 250)),
            ("sky-payment-3", 19, waiting("gone", "nonsense", 7)),
            ("sky-payment-4", 1, SearchAttributes::default()),
            ("somebody-elses", 99, waiting("kg-main", "KGS", 1)),
        ] {
            tally.add_open(&row(id, "process_extra_payment", NOW - age, attributes));
        }
        let sums: Vec<(Vec<String>, u32, i64)> = tally
            .sums
            .iter()
            .map(|(series, sum)| {
                (
                    series[1..].iter().map(|(_, value)| value.clone()).collect(),
                    sum.count,
                    sum.minor,
                )
            })
            .collect();
        let words = |words: [&str; 3]| words.map(str::to_owned).to_vec();
        assert_eq!(
            sums,
            [
                (words(["awaiting_completion", "kg-main", "KGS"]), 2, 350),
                (words(["awaiting_completion", "other", "unknown"]), 1, 7),
                (words(["unknown", "unknown", "unknown"]), 1, 0),
            ]
        );
        let none = Earlier::default();
        let age = |operation, merchant| age(&tally, &none, operation, merchant);
        assert_eq!(age("extra_payment", "kg-main"), 9);
        assert_eq!(age("extra_payment", "other"), 19);
        assert_eq!(age("payment_reversal", "kg-main"), 0);
    }

    #[test]
    fn what_is_paused_is_counted_for_each_account_and_adds_no_money() {
        let merchants = BTreeSet::from(["kg-main".to_owned()]);
        let mut tally = Tally::new(&merchants);
        let reversal = "process_payment_reversal";
        for (id, merchant) in [
            ("sky-payment-1", "kg-main"),
            ("sky-payment-2", "gone"),
            ("somebody-elses", "kg-main"),
        ] {
            tally.add_paused(&row(id, reversal, NOW, waiting(merchant, "KGS", 7)));
        }
        assert!(tally.sums.is_empty());
        let paused = |merchant: &str| tally.paused[&("payment_reversal", merchant.to_owned())];
        assert_eq!([paused("kg-main"), paused("other")], [1, 1]);
        let zeros = tally.paused.values().filter(|count| **count == 0);
        assert_eq!(zeros.count(), 3);
    }

    #[test]
    fn an_operation_that_went_on_as_a_new_run_is_as_old_as_its_first() {
        let merchants = BTreeSet::new();
        let mut tally = Tally::new(&merchants);
        let reversal = "process_payment_reversal";
        let newest = waiting("m", "KGS", 1);
        tally.add_open(&row("sky-payment-1", reversal, NOW - 10, newest));
        let mut earlier = Earlier::default();
        for age in [400, 900, 100] {
            for (id, age) in [("sky-payment-1", age), ("sky-payment-2", age * 2)] {
                earlier.add(&row(id, reversal, NOW - age, SearchAttributes::default()));
            }
        }
        assert_eq!(age(&tally, &earlier, "payment_reversal", "other"), 900);
    }
}
