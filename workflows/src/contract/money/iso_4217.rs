//! The currencies of ISO 4217 that have a minor unit.
//!
//! Source: list one, "current currency and funds", as its maintenance agency published it on
//! 2026-01-01 (`https://www.six-group.com/dam/download/financial-information/data-center/`
//! `iso-currrency/lists/list-one.xml`). When a newer one is published, this table follows it. A code
//! is taken out only when no payment in it is open: its history could not be read any more.

/// A currency of the list.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Currency {
    /// Three capital letters.
    pub(super) code: &'static str,
    /// How many fraction digits its main unit has.
    pub(super) fraction_digits: usize,
}

/// The codes by their number of fraction digits. Codes without a minor unit, such as gold and the
/// test code, are not listed.
const CODES: [(usize, &str); 4] = [
    (
        0,
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    ),
    (
        2,
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP \
         BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB \
         EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES \
         KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR \
         MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD \
         RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP \
         TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG",
    ),
    (3, "BHD IQD JOD KWD LYD OMR TND"),
    (4, "CLF UYW"),
];

impl Currency {
    /// The currency with this code, if the list has it with a minor unit.
    pub(super) fn of(code: &str) -> Option<Currency> {
        CODES.iter().find_map(|(fraction_digits, codes)| {
            let code = codes.split(' ').find(|known| *known == code)?;
            Some(Currency {
                code,
                fraction_digits: *fraction_digits,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn withdrawn_codes_are_no_currencies_and_their_successors_are() {
        for (withdrawn, successor) in [
            ("ANG", "XCG"),
            ("BGN", "EUR"),
            ("BYR", "BYN"),
            ("CUC", "CUP"),
            ("HRK", "EUR"),
            ("MRO", "MRU"),
            ("SLL", "SLE"),
            ("STD", "STN"),
            ("VEF", "VES"),
            ("ZWL", "ZWG"),
        ] {
            assert_eq!(Currency::of(withdrawn), None);
            assert_eq!(Currency::of(successor).unwrap().fraction_digits, 2);
        }
    }

    /// The crate `iso_currency` is maintained by others. It still has five codes that were removed
    /// from the list.
    #[test]
    fn the_table_agrees_with_another_table_in_every_code() {
        const WITHDRAWN: [&str; 5] = ["BGN", "CUC", "HRK", "SLL", "ZWL"];
        let letters = || 'A'..='Z';
        let mut seen = 0;
        for (a, b) in letters().flat_map(|a| letters().map(move |b| (a, b))) {
            for c in letters() {
                let code = format!("{a}{b}{c}");
                let theirs = iso_currency::Currency::from_code(&code)
                    .filter(|_| !WITHDRAWN.contains(&code.as_str()))
                    .and_then(iso_currency::Currency::exponent);
                let ours = Currency::of(&code);
                assert_eq!(
                    ours.map(|it| it.fraction_digits),
                    theirs.map(usize::from),
                    "{code}"
                );
                assert!(ours.is_none_or(|it| it.code == code));
                seen += usize::from(ours.is_some());
            }
        }
        assert_eq!(seen, 165);
    }
}
