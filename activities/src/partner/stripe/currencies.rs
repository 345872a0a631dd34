//! Stripe's units. They are not ISO 4217's for some currencies
//! (<https://docs.stripe.com/currencies>, "Zero-decimal currencies" and "Special cases").

use workflows::contract::units::Units;

/// The units of an amount in this currency; none where Stripe does not take it.
pub(super) fn units(currency: &str) -> Option<Units> {
    let (digits, multiple_of) = if WHOLE.contains(&currency) {
        (0, 1)
    } else if WHOLE_IN_HUNDREDTHS.contains(&currency) {
        (2, 100)
    } else if THOUSANDTHS.contains(&currency) {
        (3, 10)
    } else if HUNDREDTHS.contains(&currency) {
        (2, 1)
    } else {
        return None;
    };
    Some(Units {
        digits,
        multiple_of,
    })
}

/// Whole units. MGA has a subunit in ISO 4217, which Stripe does not know.
const WHOLE: [&str; 15] = [
    "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF",
    "XOF", "XPF",
];

/// No subunit any more, and still written in hundredths.
const WHOLE_IN_HUNDREDTHS: [&str; 2] = ["ISK", "UGX"];

/// Thousandths whose last digit must be 0.
const THOUSANDTHS: [&str; 5] = ["BHD", "JOD", "KWD", "OMR", "TND"];

const HUNDREDTHS: [&str; 115] = [
    "AED", "AFN", "ALL", "AMD", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BMD",
    "BND", "BOB", "BRL", "BSD", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CNY", "COP", "CRC",
    "CVE", "CZK", "DKK", "DOP", "DZD", "EGP", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GIP",
    "GMD", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "JMD", "KES", "KGS",
    "KHR", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD", "LSL", "MAD", "MDL", "MKD", "MMK", "MNT",
    "MOP", "MUR", "MVR", "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD",
    "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "QAR", "RON", "RSD", "RUB", "SAR", "SBD", "SCR",
    "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "STN", "SZL", "THB", "TJS", "TOP", "TRY", "TTD",
    "TWD", "TZS", "UAH", "USD", "UYU", "UZS", "WST", "XCD", "YER", "ZAR", "ZMW",
];

#[cfg(test)]
mod tests {
    use workflows::contract::money::Money;

    use super::*;

    #[test]
    fn amounts_are_written_in_stripes_units_or_refused() {
        for (amount, currency, theirs) in [
            ("125.50", "KGS", Some(12550)),
            ("125", "JPY", Some(125)),
            ("125", "UGX", Some(12500)),
            ("125", "ISK", Some(12500)),
            ("125", "MGA", Some(125)),
            ("125.20", "MGA", None),
            ("1.250", "KWD", Some(1250)),
            ("1.234", "KWD", None),
            ("10", "IQD", None),
            ("10", "CLF", None),
        ] {
            let money = Money::parse(amount, currency).unwrap();
            let units = units(currency);
            let amount = units.and_then(|units| units.amount(money));
            assert_eq!(amount, theirs, "{money}");
        }
    }

    #[test]
    fn a_currency_has_one_unit() {
        let all = [&WHOLE[..], &WHOLE_IN_HUNDREDTHS, &THOUSANDTHS, &HUNDREDTHS].concat();
        let mut once = all.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), all.len());
        for currency in all {
            // ANG left ISO 4217 in 2025; requests in it are refused before they get here.
            assert!(
                currency == "ANG" || Money::from_minor(1, currency).is_ok(),
                "{currency}"
            );
        }
    }
}
