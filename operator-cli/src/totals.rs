//! The number of operations and their sums. Payments and reversals are never added together, nor
//! are currencies.

use std::collections::BTreeMap;

use payments_client::Description;
use serde::Serialize;
use workflows::contract::kind::Kind;
use workflows::contract::money::Money;

/// The operations of one kind and currency.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct Total {
    /// Their kind.
    pub(crate) kind: Kind,
    /// ISO 4217; absent if Temporal does not know it yet.
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
            let key = (kind, currency);
            let total = sums.entry(key).or_insert(Total {
                kind,
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
}

/// The ratio of main to minor units shows the currency's number of fraction digits.
fn main_units(minor: i128, currency: &str) -> Option<String> {
    let unit = i128::from(Money::parse("1", currency).ok()?.minor());
    Some(match unit.ilog10() as usize {
        0 => minor.to_string(),
        digits => format!("{}.{:0digits$}", minor / unit, minor % unit),
    })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use workflows::contract::ids::RequestId;

    use super::*;
    use payments_client::WorkflowExecutionStatus;

    fn operation(kind: Kind, money: Option<(&str, &str)>) -> Description {
        Description {
            request_id: RequestId::parse("r").unwrap(),
            run_id: String::new(),
            kind,
            status: WorkflowExecutionStatus::Running,
            pause: None,
            paused_step: None,
            history_length: 3,
            begun_at: Some(Timestamp::UNIX_EPOCH),
            started_at: None,
            closed_at: None,
            order_id: None,
            merchant: None,
            phase: None,
            outcome: None,
            money: money.map(|(amount, currency)| Money::parse(amount, currency).unwrap()),
        }
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
