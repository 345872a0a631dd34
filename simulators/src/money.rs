//! Amounts of money: whole minor units of an ISO 4217 currency, never floats.

use std::fmt;

use iso_currency::Currency;
use serde::{Serialize, Serializer};

/// An amount above zero in one currency. It displays as `docs/api/partner.yaml` writes amounts: `125.50`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

impl Money {
    /// Parses an amount with exactly the currency's number of fraction digits.
    pub fn parse(amount: &str, currency: Currency) -> Result<Money, MoneyError> {
        match minor_units(amount, currency)? {
            0 => Err(MoneyError::AmountMalformed),
            minor => Ok(Money { minor, currency }),
        }
    }

    /// The amount in the currency's smallest unit.
    pub fn minor(self) -> i64 {
        self.minor
    }

    /// The currency.
    pub fn currency(self) -> Currency {
        self.currency
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.currency.exponent().map_or(0, usize::from) {
            0 => write!(f, "{}", self.minor),
            digits => {
                let padded = format!("{:0width$}", self.minor, width = digits + 1);
                let (main, fraction) = padded.split_at(padded.len() - digits);
                write!(f, "{main}.{fraction}")
            }
        }
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Why something is not an amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not three letters `A-Z`.
    #[error("the currency is not three capital letters")]
    CurrencyMalformed,
    /// Not a currency of ISO 4217, or one without a minor unit, such as gold.
    #[error("the currency is not supported")]
    CurrencyUnsupported,
    /// Not in the format of `docs/api/partner.yaml`, a wrong number of fraction digits, or zero.
    #[error("the amount is malformed for its currency")]
    AmountMalformed,
}

/// Finds a currency by its ISO 4217 alphabetic code.
pub fn currency(code: &str) -> Result<Currency, MoneyError> {
    if code.len() != 3 || !code.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(MoneyError::CurrencyMalformed);
    }
    Currency::from_code(code)
        .filter(|currency| currency.exponent().is_some())
        .ok_or(MoneyError::CurrencyUnsupported)
}

/// Parses an amount that may be zero, such as the captured amount of an unpaid order, as minor
/// units.
pub fn minor_units(amount: &str, currency: Currency) -> Result<i64, MoneyError> {
    let digits = currency.exponent().map_or(0, usize::from);
    let (main, fraction) = match amount.split_once('.') {
        Some((_, "")) => return Err(MoneyError::AmountMalformed),
        Some(parts) => parts,
        None => (amount, ""),
    };
    let leading_zero = main.len() > 1 && main.starts_with('0');
    let all_digits = [main, fraction].concat();
    if main.is_empty()
        || main.len() > 12
        || leading_zero
        || fraction.len() != digits
        || !all_digits.bytes().all(|byte| byte.is_ascii_digit())
    {
        return Err(MoneyError::AmountMalformed);
    }
    all_digits.parse().map_err(|_| MoneyError::AmountMalformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(amount: &str, code: &str) -> Result<String, MoneyError> {
        Money::parse(amount, currency(code)?).map(|money| money.to_string())
    }

    #[test]
    fn takes_exactly_the_currency_s_fraction_digits() {
        for (amount, code) in [
            ("125.50", "KGS"),
            ("0.01", "KGS"),
            ("125", "JPY"),
            ("1.250", "KWD"),
            ("0.0001", "UYW"),
            ("999999999999.9999", "UYW"),
        ] {
            assert_eq!(parse(amount, code), Ok(amount.to_owned()));
        }
        for (amount, code) in [
            ("125.5", "KGS"),
            ("125", "KGS"),
            ("125.00", "JPY"),
            ("1.25", "KWD"),
        ] {
            assert_eq!(
                parse(amount, code),
                Err(MoneyError::AmountMalformed),
                "{amount} {code}"
            );
        }
    }

    #[test]
    fn refuses_what_is_no_amount() {
        for amount in [
            "",
            "0.00",
            "-1.00",
            "+1.00",
            "01.00",
            "1.",
            ".50",
            "1e2",
            "1,000.00",
            " 1.00",
            "1.00 ",
            "1.0.0",
            "١.٠٠",
            "1000000000000.00",
            "NaN",
            "1_0.00",
        ] {
            assert_eq!(
                parse(amount, "KGS"),
                Err(MoneyError::AmountMalformed),
                "{amount:?}"
            );
        }
    }

    #[test]
    fn refuses_what_is_no_currency() {
        assert_eq!(parse("1.00", "kgs"), Err(MoneyError::CurrencyMalformed));
        assert_eq!(parse("1.00", "QQQ"), Err(MoneyError::CurrencyUnsupported));
        assert_eq!(parse("1", "XAU"), Err(MoneyError::CurrencyUnsupported));
    }

    proptest::proptest! {
        #[test]
        fn what_is_displayed_reads_back(minor in 1..=i64::from(u32::MAX)) {
            for code in ["JPY", "KGS", "KWD", "UYW"] {
                let money = Money { minor, currency: currency(code).unwrap() };
                proptest::prop_assert_eq!(Money::parse(&money.to_string(), money.currency), Ok(money));
            }
        }
    }
}
