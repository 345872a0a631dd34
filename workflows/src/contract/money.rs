//! Money: whole minor units of one currency. There is no float here and no way to create one.

mod iso_4217;

use std::fmt;

use serde::{Deserialize, Serialize};

use iso_4217::Currency;

/// An amount greater than zero, in minor units of an ISO 4217 currency that has a minor unit.
///
/// In JSON it is two fields, as in the partner's and billing's APIs: `amount`, in main units with
/// exactly the currency's fraction digits, and `currency`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "MoneyText", into = "MoneyText")]
pub struct Money {
    minor: i64,
    currency: Currency,
}

/// Why a text is not an amount of money. Names the contract's field that is wrong.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{} {}", self.field(), self.rule())]
pub enum MoneyError {
    /// The currency is not in ISO 4217 today, or has no minor unit.
    Currency,
    /// The amount is not written in the contract's format.
    Malformed,
    /// The amount has more fraction digits than the currency.
    TooPrecise {
        /// How many fraction digits the amount has.
        given: usize,
        /// How many fraction digits ISO 4217 gives the currency.
        allowed: usize,
        /// The currency's code.
        currency: &'static str,
    },
    /// The amount is zero.
    Zero,
}

impl MoneyError {
    /// The contract's name of the wrong field.
    pub fn field(&self) -> &'static str {
        match self {
            MoneyError::Currency => "currency",
            _ => "amount",
        }
    }

    /// The rule, without the field's name.
    pub fn rule(&self) -> String {
        match self {
            MoneyError::Currency => {
                "must be a code that ISO 4217 has today, of a currency with a minor unit, like \"KGS\""
                    .to_owned()
            }
            MoneyError::Malformed => {
                "must be a decimal in main units like \"125.50\": at most 12 digits, then at most 4 \
                 after a point; no sign, exponent, separator or space"
                    .to_owned()
            }
            MoneyError::TooPrecise {
                given,
                allowed,
                currency,
            } => format!("has {given} fraction digits, and {currency} has {allowed}"),
            MoneyError::Zero => "must be greater than zero".to_owned(),
        }
    }
}

impl Money {
    /// Parses `amount` (main units, `^(0|[1-9][0-9]{0,11})(\.[0-9]{1,4})?$`) of `currency`.
    ///
    /// Missing fraction digits count as zeros. More digits than the currency has are refused, never
    /// rounded.
    pub fn parse(amount: &str, currency: &str) -> Result<Money, MoneyError> {
        let currency = Currency::of(currency).ok_or(MoneyError::Currency)?;
        let allowed = currency.fraction_digits;
        let (whole, fraction) = split_decimal(amount).ok_or(MoneyError::Malformed)?;
        if fraction.len() > allowed {
            return Err(MoneyError::TooPrecise {
                given: fraction.len(),
                allowed,
                currency: currency.code,
            });
        }
        let digits = format!("{whole}{fraction:0<allowed$}");
        let minor = digits.parse().map_err(|_| MoneyError::Malformed)?;
        match minor {
            0 => Err(MoneyError::Zero),
            minor => Ok(Money { minor, currency }),
        }
    }

    /// An amount of minor units of `currency`: 12550 for 125.50 KGS.
    pub fn from_minor(minor: i64, currency: &str) -> Result<Money, MoneyError> {
        let currency = Currency::of(currency).ok_or(MoneyError::Currency)?;
        match minor {
            1.. => Ok(Money { minor, currency }),
            _ => Err(MoneyError::Zero),
        }
    }

    /// The amount in minor units: 12550 for 125.50 KGS, 125 for 125 JPY.
    pub fn minor(&self) -> i64 {
        self.minor
    }

    /// The ISO 4217 code, three capital letters.
    pub fn currency(&self) -> &'static str {
        self.currency.code
    }

    /// How many fraction digits ISO 4217 gives the currency.
    pub fn fraction_digits(&self) -> u32 {
        self.currency.fraction_digits as u32
    }

    /// The amount in main units with exactly the currency's fraction digits: "125.50", "125".
    pub fn amount(&self) -> String {
        let width = self.currency.fraction_digits;
        let digits = format!("{:0>least$}", self.minor, least = width + 1);
        match width {
            0 => digits,
            _ => {
                let (whole, fraction) = digits.split_at(digits.len() - width);
                format!("{whole}.{fraction}")
            }
        }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount(), self.currency())
    }
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct MoneyText {
    /// Decimal in main units, greater than zero. Accepted with at most the currency's fraction
    /// digits, written with exactly that many.
    #[cfg_attr(
        feature = "schema",
        schemars(regex(pattern = r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,4})?$"))
    )]
    amount: String,
    /// ISO 4217 code of a currency that has a minor unit.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^[A-Z]{3}$")))]
    currency: String,
}

impl TryFrom<MoneyText> for Money {
    type Error = MoneyError;

    fn try_from(text: MoneyText) -> Result<Money, MoneyError> {
        Money::parse(&text.amount, &text.currency)
    }
}

impl From<Money> for MoneyText {
    fn from(money: Money) -> MoneyText {
        MoneyText {
            amount: money.amount(),
            currency: money.currency().to_owned(),
        }
    }
}

/// Splits an amount in the contract's format into its whole and its fraction digits.
fn split_decimal(text: &str) -> Option<(&str, &str)> {
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) if (1..=4).contains(&fraction.len()) => (whole, fraction),
        Some(_) => return None,
        None => (text, ""),
    };
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let canonical = whole == "0" || !whole.starts_with('0');
    let sound = (1..=12).contains(&whole.len()) && canonical && digits(whole) && digits(fraction);
    sound.then_some((whole, fraction))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[test]
    fn amounts_are_exact_in_currencies_with_0_2_3_and_4_decimals() {
        for (amount, currency, minor, written) in [
            ("125", "JPY", 125, "125"),
            ("125.5", "KGS", 12_550, "125.50"),
            ("125", "KGS", 12_500, "125.00"),
            ("0.01", "KGS", 1, "0.01"),
            ("1.25", "KWD", 1_250, "1.250"),
            ("0.001", "KWD", 1, "0.001"),
            (
                "999999999999.9999",
                "UYW",
                9_999_999_999_999_999,
                "999999999999.9999",
            ),
        ] {
            let money = Money::parse(amount, currency).unwrap();
            assert_eq!(
                (money.minor(), money.amount().as_str()),
                (minor, written),
                "{currency}"
            );
            assert_eq!(Money::from_minor(minor, currency), Ok(money));
        }
    }

    #[rstest]
    #[case::empty(&[""])]
    #[case::zero(&["0", "0.00"])]
    #[case::with_a_sign(&["-1", "+1", "-0.01"])]
    #[case::beyond_i64(&["1234567890123", "9223372036854775808", "99999999999999999999"])]
    #[case::with_too_many_digits(&["1.12345", "1.123"])]
    #[case::with_an_exponent(&["1e3", "1E3"])]
    #[case::with_separators(&["1,000", "1_0", "1.2.3", "1'000"])]
    #[case::with_spaces(&["1 000", " 1", "1 ", "1\u{a0}000", "1\n"])]
    #[case::in_another_scripts_digits(&["١٢٣", "１", "१२"])]
    #[case::with_leading_zeros(&["01", "00.1"])]
    #[case::half_a_number(&[".5", "5.", "."])]
    #[case::no_decimal_number(&["NaN", "inf", "0x10"])]
    fn an_amount_is_refused(#[case] amounts: &[&str]) {
        for amount in amounts {
            let error = Money::parse(amount, "KGS").unwrap_err();
            assert_eq!(error.field(), "amount", "{amount:?}: {error}");
        }
    }

    #[test]
    fn more_fraction_digits_than_the_currency_has_are_named() {
        let error = Money::parse("1.0", "JPY").unwrap_err();
        let words = "amount has 1 fraction digits, and JPY has 0";
        assert_eq!(error.to_string(), words);
    }

    #[test]
    fn what_is_no_currency_with_a_minor_unit_is_refused() {
        for currency in [
            "", " ", "kgs", "KGS ", "KGS KHR", "KG", "KGSS", "ZZZ", "417", "XAU", "XAG", "XDR",
            "XXX", "XTS", "BGN", "CUC", "HRK", "SLL", "ZWL",
        ] {
            let error = Money::parse("1", currency).unwrap_err();
            assert_eq!(error.field(), "currency", "{currency}");
        }
    }

    proptest! {
        #[test]
        fn writing_and_reading_gives_the_same_money(
            whole in 0u64..=999_999_999_999, fraction in 0u32..1000
        ) {
            prop_assume!(whole > 0 || fraction > 0);
            let written = format!("{whole}.{fraction:03}");
            let money = Money::parse(&written, "BHD").unwrap();
            prop_assert_eq!(money.amount(), written);
            let json = serde_json::to_string(&money).unwrap();
            prop_assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), money);
        }

        #[test]
        fn no_text_makes_it_panic(amount in ".*", currency in ".*") {
            let _ = Money::parse(&amount, &currency);
        }
    }
}
