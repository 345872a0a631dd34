//! Amounts in the units of Stripe's own table, which is not ISO 4217.

use serde_json::json;

use super::refusal::Refusal;

/// A currency that Stripe takes, in its own word for it: `kgs`.
pub(super) fn currency(word: String) -> Result<String, Refusal> {
    if word.len() == 3 && CURRENCIES.split_whitespace().any(|known| known == word) {
        return Ok(word);
    }
    let message = format!("Invalid currency: {word}. Stripe supports these: {CURRENCIES}");
    Err(Refusal::parameter("currency", &message))
}

/// An amount that can be charged.
pub(super) fn charged(text: &str, currency: &str) -> Result<i64, Refusal> {
    let amount = refunded(text, currency)?;
    if amount < smallest(currency) {
        let message = format!("Amount must be at least {} {currency}", smallest(currency));
        return Err(Refusal::parameter("amount", &message).with("code", json!("amount_too_small")));
    }
    if amount > 999_999_999_999 {
        let message = "Amount must be no more than 999,999,999,999";
        return Err(Refusal::parameter("amount", message).with("code", json!("amount_too_large")));
    }
    Ok(amount)
}

/// An amount that can be refunded: there is no least one.
pub(super) fn refunded(text: &str, currency: &str) -> Result<i64, Refusal> {
    let amount = whole_number("amount", text)?;
    if amount % step(currency) != 0 {
        let message = format!(
            "Invalid amount: in {currency} it must be divisible by {}",
            step(currency)
        );
        return Err(
            Refusal::parameter("amount", &message).with("code", json!("invalid_charge_amount"))
        );
    }
    Ok(amount)
}

/// A whole number above zero.
pub(super) fn whole_number(parameter: &str, text: &str) -> Result<i64, Refusal> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(number) if digits && number > 0 => Ok(number),
        _ => Err(
            Refusal::parameter(parameter, &format!("Invalid positive integer: {text}"))
                .with("code", json!("parameter_invalid_integer")),
        ),
    }
}

/// Amounts are multiples of it: a króna has no hundredths, and a thousandth of a dinar is never
/// charged.
fn step(currency: &str) -> i64 {
    match currency {
        "isk" | "ugx" => 100,
        "bhd" | "jod" | "kwd" | "omr" | "tnd" => 10,
        _ => 1,
    }
}

/// The least charge, for an account that settles in the currency of the charge.
fn smallest(currency: &str) -> i64 {
    match currency {
        "usd" | "aud" | "brl" | "cad" | "chf" | "eur" | "inr" | "nzd" | "sgd" | "jpy" => 50,
        "gbp" => 30,
        "aed" | "myr" | "pln" | "ron" => 200,
        "dkk" => 250,
        "nok" | "sek" => 300,
        "hkd" => 400,
        "mxn" | "thb" => 1_000,
        "czk" => 1_500,
        "huf" => 17_500,
        _ => 1,
    }
}

const CURRENCIES: &str = "\
usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn \
bzd cad cdf chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf \
gtq gyd hkd hnl htg huf idr ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr \
lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr pab pen \
pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd std stn szl thb tjs tnd \
top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xof xpf yer zar zmw";

#[cfg(test)]
mod tests {
    use super::*;

    fn code(result: Result<i64, Refusal>) -> Option<String> {
        let error = result.err()?.answer().body;
        Some(error["error"]["code"].as_str().unwrap_or("none").to_owned())
    }

    #[test]
    fn some_currencies_are_charged_in_steps() {
        for (amount, currency) in [
            ("12550", "kgs"),
            ("125", "jpy"),
            ("380000", "ugx"),
            ("1250", "kwd"),
        ] {
            assert_eq!(code(charged(amount, currency)), None);
        }
        for (amount, currency) in [("380050", "ugx"), ("1001", "isk"), ("1255", "kwd")] {
            let refused = Some("invalid_charge_amount".to_owned());
            assert_eq!(code(charged(amount, currency)), refused);
            assert_eq!(code(refunded(amount, currency)), refused);
        }
    }

    #[test]
    fn an_amount_is_digits_and_not_too_small() {
        for amount in ["0", "-5", "+5", "1.5", "1e3", "", " 100", "٣"] {
            let refused = code(charged(amount, "kgs"));
            assert_eq!(refused.as_deref(), Some("parameter_invalid_integer"));
        }
        let refused = code(charged("49", "usd"));
        assert_eq!(refused.as_deref(), Some("amount_too_small"));
        assert_eq!(code(refunded("49", "usd")), None);
    }

    #[test]
    fn currencies_are_stripe_s_in_small_letters() {
        assert!(currency("kgs".to_owned()).is_ok());
        for unknown in ["KGS", "xxx", "iqd", "kg", "", "kgs khr"] {
            assert!(currency(unknown.to_owned()).is_err());
        }
    }
}
