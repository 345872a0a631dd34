//! The integer amounts of a partner that does not write ISO 4217's minor units.

use serde::{Deserialize, Serialize};

use crate::contract::money::Money;

/// A partner's integer amounts in one currency.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Units {
    /// How many digits of its integers are a fraction of the main unit.
    pub digits: u32,
    /// Its integers must be multiples of this.
    pub multiple_of: i64,
}

impl Units {
    /// The minor units of ISO 4217; none where it has no such currency.
    pub fn of_iso_4217(currency: &str) -> Option<Units> {
        let money = Money::from_minor(1, currency).ok()?;
        Some(Units {
            digits: money.fraction_digits(),
            multiple_of: 1,
        })
    }

    /// The amount in these units; none where it has no exact form in them.
    pub fn amount(self, money: Money) -> Option<i64> {
        let ours = money.fraction_digits();
        let theirs = self.digits;
        let amount = if theirs >= ours {
            money
                .minor()
                .checked_mul(10_i64.checked_pow(theirs - ours)?)?
        } else {
            let factor = 10_i64.checked_pow(ours - theirs)?;
            (money.minor() % factor == 0).then(|| money.minor() / factor)?
        };
        (amount % self.multiple_of == 0).then_some(amount)
    }

    /// The money of an amount in these units; none where it has no exact form in `currency`.
    pub fn money(self, amount: i64, currency: &str) -> Option<Money> {
        let ours = Money::from_minor(1, currency).ok()?.fraction_digits();
        let minor = if ours >= self.digits {
            amount.checked_mul(10_i64.checked_pow(ours - self.digits)?)?
        } else {
            let factor = 10_i64.checked_pow(self.digits - ours)?;
            (amount % factor == 0).then(|| amount / factor)?
        };
        Money::from_minor(minor, currency).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(digits: u32, multiple_of: i64) -> Units {
        Units {
            digits,
            multiple_of,
        }
    }

    #[test]
    fn an_amount_is_exact_in_both_directions_or_none() {
        for (amount, currency, units, theirs) in [
            ("125.50", "EUR", units(2, 1), Some(12550)),
            ("125", "JPY", units(0, 1), Some(125)),
            ("125", "ISK", units(2, 100), Some(12500)),
            ("125.00", "MGA", units(0, 1), Some(125)),
            ("125.50", "MGA", units(0, 1), None),
            ("1.250", "KWD", units(3, 10), Some(1250)),
            ("1.255", "KWD", units(3, 10), None),
        ] {
            let money = Money::parse(amount, currency).unwrap();
            assert_eq!(units.amount(money), theirs, "{money}");
            if let Some(theirs) = theirs {
                assert_eq!(units.money(theirs, currency), Some(money));
            }
        }
        assert_eq!(units(2, 100).money(12550, "ISK"), None);
        assert_eq!(units(2, 1).money(0, "EUR"), None);
        assert_eq!(units(2, 1).money(1, "nonsense"), None);
        assert_eq!(Units::of_iso_4217("KWD"), Some(units(3, 1)));
        assert_eq!(Units::of_iso_4217("nonsense"), None);
    }
}
