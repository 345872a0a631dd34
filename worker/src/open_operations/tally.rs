//! The sums over one listing. Whatever Temporal's list contains, there are few labels: accounts
//! that are not configured are "other", and invalid currencies or phases are "unknown".

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use temporalio_common::protos::temporal::api::workflow::v1::WorkflowExecutionInfo;
use temporalio_common::search_attributes::SearchAttributes;
use workflows::contract::ids::RequestId;
use workflows::contract::money::Money;
use workflows::contract::search_attributes::{AMOUNT_MINOR, CURRENCY, MERCHANT, PHASE};
use workflows::contract::state::Phase;

/// The content of one listing.
pub(crate) struct Tally<'a> {
    merchants: &'a BTreeSet<String>,
    pub(crate) sums: BTreeMap<Series, Sum>,
    paused: BTreeMap<&'static str, u32>,
    open: Vec<Open>,
    /// The earliest start of an operation's earlier runs, by its workflow id.
    earlier: BTreeMap<String, Timestamp>,
    pub(crate) is_complete: bool,
}

/// The labels that operations are summed up by.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Series {
    operation: &'static str,
    phase: &'static str,
    merchant: String,
    currency: String,
}

/// The sums of one series.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct Sum {
    pub(crate) count: u32,
    /// In minor units of the currency.
    pub(crate) minor: i64,
}

/// How long the oldest operation of a phase has been open.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Age {
    pub(crate) operation: &'static str,
    pub(crate) phase: &'static str,
    /// 0 if there is none.
    pub(crate) seconds: i64,
}

struct Open {
    workflow_id: String,
    operation: &'static str,
    phase: &'static str,
    started_at: Timestamp,
}

const OPERATIONS: [(&str, &str); 4] = [
    ("process_extra_payment", "extra_payment"),
    ("process_payment_reversal", "payment_reversal"),
    ("look_again_at_payment", "look_again"),
    ("record_saved_card", "saved_card"),
];

const PHASES: [&str; 6] = [
    Phase::Submitting.as_str(),
    Phase::AwaitingCompletion.as_str(),
    Phase::Verifying.as_str(),
    Phase::Finalizing.as_str(),
    Phase::NeedsAttention.as_str(),
    UNKNOWN,
];

/// Also counts a payment without a phase: it is younger than 5 s, or no worker has started it.
const UNKNOWN: &str = "unknown";

const OTHER: &str = "other";

impl<'a> Tally<'a> {
    /// An empty tally for the accounts with these names.
    pub(crate) fn new(merchants: &'a BTreeSet<String>) -> Tally<'a> {
        Tally {
            merchants,
            sums: BTreeMap::new(),
            paused: OPERATIONS.map(|(_, operation)| (operation, 0)).into(),
            open: Vec::new(),
            earlier: BTreeMap::new(),
            is_complete: false,
        }
    }

    /// Adds an open operation. Workflows that are not ours are ignored: anybody can start one of
    /// our types with an id of their own.
    pub(crate) fn add_open(&mut self, row: &WorkflowExecutionInfo) {
        let Some((workflow_id, operation, started_at)) = identity(row) else {
            return;
        };
        let attributes = row.search_attributes.as_ref();
        let attributes = attributes.map(SearchAttributes::from_proto);
        let attributes = attributes.unwrap_or_default();
        let phase = attributes.get(&PHASE).unwrap_or_default();
        let phase = PHASES.into_iter().find(|known| *known == phase);
        let phase = phase.unwrap_or(UNKNOWN);
        let merchant = attributes.get(&MERCHANT);
        let merchant = match merchant {
            None => UNKNOWN.to_owned(),
            Some(name) if self.merchants.contains(&name) => name,
            Some(_) => OTHER.to_owned(),
        };
        let currency = attributes.get(&CURRENCY);
        let currency = currency.filter(|code| Money::parse("1", code).is_ok());
        let series = Series {
            operation,
            phase,
            merchant,
            currency: currency.unwrap_or_else(|| UNKNOWN.to_owned()),
        };
        let sum = self.sums.entry(series).or_default();
        sum.count = sum.count.saturating_add(1);
        let minor = attributes.get(&AMOUNT_MINOR).unwrap_or_default();
        sum.minor = sum.minor.saturating_add(minor);
        self.open.push(Open {
            workflow_id,
            operation,
            phase,
            started_at,
        });
    }

    /// Adds an operation that makes no progress: it is paused, or one of its steps is.
    pub(crate) fn add_paused(&mut self, row: &WorkflowExecutionInfo) {
        if let Some((_, operation, _)) = identity(row) {
            *self.paused.entry(operation).or_default() += 1;
        }
    }

    /// Adds a run that another one continues.
    pub(crate) fn add_earlier(&mut self, row: &WorkflowExecutionInfo) {
        if let Some((workflow_id, _, started_at)) = identity(row) {
            let earliest = self.earlier.entry(workflow_id).or_insert(started_at);
            *earliest = started_at.min(*earliest);
        }
    }

    /// How many make no progress, for each series.
    pub(crate) fn paused(&self) -> impl Iterator<Item = (&'static str, u32)> {
        self.paused
            .iter()
            .map(|(operation, count)| (*operation, *count))
    }

    /// The age of the oldest at `now`, for each series and phase.
    pub(crate) fn ages(&self, now: Timestamp) -> Vec<Age> {
        let mut ages = BTreeMap::new();
        for (_, operation) in OPERATIONS {
            ages.extend(PHASES.map(|phase| ((operation, phase), 0)));
        }
        for open in &self.open {
            let earlier = self.earlier.get(&open.workflow_id);
            let start = earlier
                .copied()
                .unwrap_or(open.started_at)
                .min(open.started_at);
            let age = (now.as_second() - start.as_second()).max(0);
            let oldest = ages.entry((open.operation, open.phase)).or_default();
            *oldest = age.max(*oldest);
        }
        let ages = ages.into_iter();
        ages.map(|((operation, phase), seconds)| Age {
            operation,
            phase,
            seconds,
        })
        .collect()
    }
}

impl Series {
    /// The labels for Prometheus.
    pub(crate) fn labels(&self) -> [(&'static str, String); 4] {
        [
            ("operation", self.operation.to_owned()),
            ("phase", self.phase.to_owned()),
            ("merchant", self.merchant.clone()),
            ("currency", self.currency.clone()),
        ]
    }
}

/// Its workflow id, its kind, and when it started; none for what is not ours.
pub(super) fn identity(row: &WorkflowExecutionInfo) -> Option<(String, &'static str, Timestamp)> {
    let workflow_id = row.execution.as_ref()?.workflow_id.clone();
    let name = &row.r#type.as_ref()?.name;
    let (_, operation) = OPERATIONS.into_iter().find(|(known, _)| known == name)?;
    let other_ids = ["sky-look-again-", "sky-saved-card-"];
    let is_ours = RequestId::of_workflow(&workflow_id).is_some()
        || other_ids
            .iter()
            .any(|prefix| workflow_id.starts_with(prefix));
    let start = row.start_time.as_ref()?;
    let started_at = Timestamp::new(start.seconds, start.nanos).ok()?;
    is_ours.then_some((workflow_id, operation, started_at))
}

#[cfg(test)]
mod tests {
    use temporalio_common::protos::temporal::api::common::v1::{WorkflowExecution, WorkflowType};

    use super::*;

    const NOW: i64 = 1_790_000_000;

    fn row(id: &str, kind: &str, age: i64, attributes: SearchAttributes) -> WorkflowExecutionInfo {
        let mut row = WorkflowExecutionInfo {
            execution: Some(WorkflowExecution {
                workflow_id: id.to_owned(),
                ..Default::default()
            }),
            r#type: Some(WorkflowType {
                name: kind.to_owned(),
            }),
            start_time: Some(Default::default()),
            search_attributes: Some(attributes.into_proto()),
            ..Default::default()
        };
        row.start_time.as_mut().unwrap().seconds = NOW - age;
        row
    }

    fn waiting(merchant: &str, currency: &str, minor: i64) -> SearchAttributes {
        SearchAttributes::new([
            PHASE.value_set("awaiting_completion".to_owned()),
            MERCHANT.value_set(merchant.to_owned()),
            CURRENCY.value_set(currency.to_owned()),
            AMOUNT_MINOR.value_set(minor),
        ])
    }

    fn age(tally: &Tally, operation: &str, phase: &str) -> i64 {
        let ages = tally.ages(Timestamp::from_second(NOW).unwrap());
        let mut ages = ages.iter();
        let age = ages.find(|age| (age.operation, age.phase) == (operation, phase));
        age.unwrap().seconds
    }

    #[test]
    fn amounts_are_summed_by_kind_phase_account_and_currency_alone() {
        let merchants = BTreeSet::from(["kg-main".to_owned()]);
        let mut tally = Tally::new(&merchants);
        let extra = "process_extra_payment";
        tally.add_open(&row(
            "sky-payment-1",
            extra,
            5,
            waiting("kg-main", "KGS", 100),
        ));
        tally.add_open(&row(
            "sky-payment-2",
            extra,
            9,
            waiting("kg-main", "KGS", 250),
        ));
        tally.add_open(&row(
            "sky-payment-3",
            extra,
            9,
            waiting("gone", "nonsense", 7),
        ));
        tally.add_open(&row("sky-payment-4", extra, 1, SearchAttributes::default()));
        tally.add_open(&row(
            "somebody-elses",
            extra,
            99,
            waiting("kg-main", "KGS", 1),
        ));
        let sums: Vec<(Vec<String>, u32, i64)> = tally
            .sums
            .iter()
            .map(|(series, sum)| {
                (
                    series.labels()[1..]
                        .iter()
                        .map(|(_, value)| value.clone())
                        .collect(),
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
        assert_eq!(age(&tally, "extra_payment", "awaiting_completion"), 9);
        assert_eq!(age(&tally, "payment_reversal", "awaiting_completion"), 0);
    }

    #[test]
    fn what_is_paused_is_counted_for_each_operation_and_adds_no_money() {
        let merchants = BTreeSet::from(["kg-main".to_owned()]);
        let mut tally = Tally::new(&merchants);
        let reversal = "process_payment_reversal";
        for id in ["sky-payment-1", "somebody-elses"] {
            tally.add_paused(&row(id, reversal, 9, waiting("kg-main", "KGS", 7)));
        }
        assert!(tally.sums.is_empty());
        let paused: Vec<_> = tally.paused().filter(|(_, count)| *count > 0).collect();
        assert_eq!(paused, [("payment_reversal", 1)]);
        assert_eq!(tally.paused().count(), 4);
    }

    #[test]
    fn an_operation_that_went_on_as_a_new_run_is_as_old_as_its_first() {
        let merchants = BTreeSet::new();
        let mut tally = Tally::new(&merchants);
        let reversal = "process_payment_reversal";
        tally.add_open(&row("sky-payment-1", reversal, 10, waiting("m", "KGS", 1)));
        for age in [400, 900, 100] {
            tally.add_earlier(&row(
                "sky-payment-1",
                reversal,
                age,
                SearchAttributes::default(),
            ));
            tally.add_earlier(&row(
                "sky-payment-2",
                reversal,
                age * 2,
                SearchAttributes::default(),
            ));
        }
        assert_eq!(age(&tally, "payment_reversal", "awaiting_completion"), 900);
    }
}
