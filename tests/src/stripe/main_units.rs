//! Stripe's units, once more and independent of the adapter's table.

/// An amount of Stripe's in main units, with exactly the currency's fraction digits by ISO 4217.
pub(crate) fn text(amount: i64, currency: &str) -> String {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "VND" | "VUV"
        | "XAF" | "XOF" | "XPF" => amount.to_string(),
        "MGA" => format!("{amount}.00"),
        "ISK" | "UGX" => (amount / 100).to_string(),
        "BHD" | "JOD" | "KWD" | "OMR" | "TND" => {
            format!("{}.{:03}", amount / 1000, amount % 1000)
        }
        _ => format!("{}.{:02}", amount / 100, amount % 100),
    }
}

/// The same backwards, for an amount that Stripe can express.
pub(crate) fn amount(text: &str, currency: &str) -> i64 {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let minor: i64 = digits.parse().unwrap_or_default();
    match currency {
        "MGA" => minor / 100,
        "ISK" | "UGX" => minor * 100,
        _ => minor,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_and_written_in_stripes_units() {
        for (units, main, currency) in [
            (12_550, "125.50", "KGS"),
            (125, "125", "JPY"),
            (12_500, "125", "UGX"),
            (125, "125.00", "MGA"),
            (125_500, "125.500", "KWD"),
        ] {
            assert_eq!(text(units, currency), main);
            assert_eq!(amount(main, currency), units);
        }
    }
}
