//! The number of operations and their sums. Payments and reversals are never added together, nor
//! are currencies, nor what ended in different ways: a declined payment moved nothing.

use std::collections::BTreeMap;

use payments_client::Description;
use workflows::contract::kind::Kind;
use workflows::contract::money::Money;

use crate::labels::status;

/// The `end` of those that have none yet.
pub(crate) const OPEN: &str = "open";

/// The operations of one kind, end and currency.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Total {
    /// Their kind.
    pub(crate) kind: Kind,
    /// [`OPEN`], an outcome, or Temporal's status of what ended without an outcome.
    pub(crate) end: String,
    /// ISO 4217; absent if Temporal does not know it, or not yet.
    pub(crate) currency: Option<&'static str>,
    /// How many.
    pub(crate) operations: usize,
    /// The requested amount in total, in minor units.
    pub(crate) minor: i128,
}

impl Total {
    /// Adds operations up.
    pub(crate) fn of<'a>(operations: impl IntoIterator<Item = &'a Description>) -> Vec<Total> {
        let mut sums = BTreeMap::new();
        for operation in operations {
            let kind = operation.kind;
            let currency = operation.money.map(|money| money.currency());
            let end = end(operation);
            let key = (kind, end.clone(), currency);
            let total = sums.entry(key).or_insert(Total {
                kind,
                end,
                currency,
                operations: 0,
                minor: 0,
            });
            total.operations += 1;
            total.minor += operation.money.map_or(0, |money| i128::from(money.minor()));
        }
        sums.into_values().collect()
    }

    /// The sum in main units with the currency's fraction digits: "1255.00".
    pub(crate) fn amount(&self) -> Option<String> {
        main_units(self.minor, self.currency?)
    }

    /// The same with its currency: "1255.00 KGS".
    pub(crate) fn sum(&self) -> Option<String> {
        Some(format!("{} {}", self.amount()?, self.currency?))
    }
}

fn end(operation: &Description) -> String {
    if operation.is_open() {
        return OPEN.to_owned();
    }
    let outcome = operation.outcome.clone();
    outcome.unwrap_or_else(|| status(operation.status))
}

/// The ratio of main to minor units shows the currency's number of fraction digits.
pub(crate) fn main_units(minor: i128, currency: &str) -> Option<String> {
    let unit = i128::from(Money::parse("1", currency).ok()?.minor());
    Some(match unit.ilog10() as usize {
        0 => minor.to_string(),
        digits => format!("{}.{:0digits$}", minor / unit, minor % unit),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example;
    use payments_client::WorkflowExecutionStatus;

    fn operation(kind: Kind, money: Option<(&str, &str)>) -> Description {
        Description {
            kind,
            money: money.map(|(amount, currency)| Money::parse(amount, currency).unwrap()),
            ..example::operation("r")
        }
    }

    #[test]
    fn what_ended_in_another_way_has_a_sum_of_its_own() {
        let ended = |status, outcome: Option<&str>| Description {
            status,
            outcome: outcome.map(str::to_owned),
            ..operation(Kind::ExtraPayment, Some(("1", "KGS")))
        };
        let totals = Total::of(&[
            ended(WorkflowExecutionStatus::Completed, Some("completed")),
            ended(WorkflowExecutionStatus::Completed, Some("declined")),
            ended(WorkflowExecutionStatus::Running, None),
            ended(WorkflowExecutionStatus::Paused, None),
            ended(WorkflowExecutionStatus::Failed, None),
        ]);
        let ends: Vec<_> = totals
            .iter()
            .map(|it| (it.end.as_str(), it.minor))
            .collect();
        let expected = [
            ("completed", 100),
            ("declined", 100),
            ("failed", 100),
            ("open", 200),
        ];
        assert_eq!(ends, expected);
    }

    #[test]
    fn each_kind_and_currency_has_a_sum_of_its_own() {
        let largest = Some(("999999999999.99", "KGS"));
        let totals = Total::of(&[
            operation(Kind::ExtraPayment, largest),
            operation(Kind::ExtraPayment, largest),
            operation(Kind::PaymentReversal, Some(("0.07", "KGS"))),
            operation(Kind::ExtraPayment, Some(("125", "JPY"))),
            operation(Kind::ExtraPayment, None),
        ]);
        let told: Vec<_> = totals
            .iter()
            .map(|it| (it.kind, it.currency, it.operations, it.amount()))
            .collect();
        let amount = |text: &str| Some(text.to_owned());
        assert_eq!(
            told,
            [
                (Kind::ExtraPayment, None, 1, None),
                (Kind::ExtraPayment, Some("JPY"), 1, amount("125")),
                (
                    Kind::ExtraPayment,
                    Some("KGS"),
                    2,
                    amount("1999999999999.98")
                ),
                (Kind::PaymentReversal, Some("KGS"), 1, amount("0.07")),
            ]
        );
    }
}
