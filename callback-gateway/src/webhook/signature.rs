//! The header `Stripe-Signature`: `t=<seconds>,v1=<hex>`, with a `v1` for each secret of the
//! endpoint while one is being replaced. Each is an HMAC-SHA256 over the time, a dot and the body's
//! bytes as they came.

use axum::http::{HeaderMap, HeaderName};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;

use crate::answer::Answer;
use crate::configuration::StripeAccount;

/// The header's name.
pub const HEADER: HeaderName = HeaderName::from_static("stripe-signature");

/// The longest time of signing, in digits.
const LONGEST_TIME: usize = 12;

const MAC_LENGTH: usize = 32;

/// Checks that one of the account's secrets signed these bytes, not longer ago than it allows. All
/// signatures are compared with all secrets in constant time, so that nothing is learned from how
/// long a refusal takes.
pub fn verify(
    headers: &HeaderMap,
    body: &[u8],
    account: &StripeAccount,
    now: Timestamp,
) -> Result<(), Answer> {
    let mut values = headers.get_all(HEADER).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return Err(Answer::NoSignature);
    };
    let text = value.to_str().map_err(|_| Answer::NoSignature)?;
    let signature = Signature::parse(text).ok_or(Answer::NoSignature)?;
    let mut matches = 0;
    for secret in &account.secrets {
        let mac = signature.mac(secret.bytes(), body);
        for signed in &signature.macs {
            matches += usize::from(mac.clone().verify_slice(signed).is_ok());
        }
    }
    if matches == 0 {
        return Err(Answer::WrongSignature);
    }
    let age = now.as_second().abs_diff(signature.seconds);
    if age > account.tolerance.as_secs() {
        return Err(Answer::OldSignature);
    }
    Ok(())
}

/// A header that can be read.
struct Signature<'a> {
    /// The time of signing, as it was signed.
    time: &'a str,
    seconds: i64,
    /// What stands as `v1`.
    macs: Vec<[u8; MAC_LENGTH]>,
}

impl<'a> Signature<'a> {
    /// One time, and at least one `v1`. Other schemes are ignored: `v0` is signed with a secret that
    /// is not one.
    fn parse(header: &'a str) -> Option<Signature<'a>> {
        let mut times = Vec::new();
        let mut macs = Vec::new();
        for part in header.split(',') {
            match part.strip_prefix("t=") {
                Some(time) => times.push(time),
                None => match part.strip_prefix("v1=") {
                    Some(hex) => macs.push(mac(hex)?),
                    None if part.contains('=') => {}
                    None => return None,
                },
            }
        }
        let [time] = *times else {
            return None;
        };
        let digits = (1..=LONGEST_TIME).contains(&time.len())
            && time.bytes().all(|byte| byte.is_ascii_digit());
        let seconds = time.parse().ok()?;
        (digits && !macs.is_empty()).then_some(Signature {
            time,
            seconds,
            macs,
        })
    }

    /// What a secret would have signed.
    fn mac(&self, secret: &[u8], body: &[u8]) -> Hmac<Sha256> {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
        let mac = Hmac::<Sha256>::new_from_slice(secret).expect("any length is a key");
        mac.chain_update(self.time)
            .chain_update(b".")
            .chain_update(body)
    }
}

fn mac(hex: &str) -> Option<[u8; MAC_LENGTH]> {
    let mut mac = [0; MAC_LENGTH];
    let length = base16ct::lower::decode(hex, &mut mac).ok()?.len();
    (length == MAC_LENGTH).then_some(mac)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::configuration::StripeSecret;

    const SECRET: &[u8] = b"whsec_a-secret-of-an-endpoint-for-tests";
    const TIME: i64 = 1_790_000_000;
    const BODY: &[u8] = br#"{"id":"evt_1"}"#;

    /// Of `1790000000.{"id":"evt_1"}`, made with
    /// `openssl dgst -sha256 -hmac whsec_a-secret-of-an-endpoint-for-tests`.
    const V1: &str = "aca986ebbc343f257d08c7aacfac131e42c215acb3ad96b8aff9872165d50629";

    fn account(secrets: &[&[u8]]) -> StripeAccount {
        StripeAccount {
            name: "main".to_owned(),
            secrets: secrets
                .iter()
                .map(|it| StripeSecret::new(it).unwrap())
                .collect(),
            tolerance: Duration::from_secs(300),
            livemode: None,
        }
    }

    fn verified(headers: &[&str], body: &[u8], secrets: &[&[u8]], now: i64) -> Result<(), Answer> {
        let mut map = HeaderMap::new();
        for header in headers {
            map.append(HEADER, header.parse().unwrap());
        }
        let now = Timestamp::from_second(now).unwrap();
        verify(&map, body, &account(secrets), now)
    }

    fn at(header: &str, now: i64) -> Result<(), Answer> {
        verified(&[header], BODY, &[SECRET], now)
    }

    #[test]
    fn the_fixed_signature_is_good_for_its_bytes_and_its_secret_alone() {
        let header = format!("t={TIME},v1={V1}");
        assert_eq!(at(&header, TIME), Ok(()));
        let other: &[u8] = b"whsec_another-secret-of-an-endpoint";
        let wrong = Err(Answer::WrongSignature);
        let header = [header.as_str()];
        assert_eq!(verified(&header, BODY, &[other, SECRET], TIME), Ok(()));
        assert_eq!(verified(&header, BODY, &[other], TIME), wrong);
        assert_eq!(
            verified(&header, br#"{"id":"evt_2"}"#, &[SECRET], TIME),
            wrong
        );
        assert_eq!(verified(&header, b"", &[SECRET], TIME), wrong);
        let later = format!("t={},v1={V1}", TIME + 1);
        assert_eq!(at(&later, TIME), wrong, "the time is signed");
        let zero = format!("t=0{TIME},v1={V1}");
        assert_eq!(at(&zero, TIME), wrong, "as it is written");
    }

    #[test]
    fn one_good_signature_among_others_is_enough() {
        let other = "0".repeat(64);
        for header in [
            format!("t={TIME},v1={other},v1={V1}"),
            format!("t={TIME},v1={V1},v1={other}"),
            format!("v1={V1},v0={other},t={TIME}"),
            format!("t={TIME},v2=x,v1={V1},v0="),
        ] {
            assert_eq!(at(&header, TIME), Ok(()), "{header}");
        }
        let v0 = format!("t={TIME},v1={other},v0={V1}");
        assert_eq!(at(&v0, TIME), Err(Answer::WrongSignature));
    }

    #[test]
    fn a_signature_is_good_for_five_minutes() {
        let header = format!("t={TIME},v1={V1}");
        for (now, expected) in [
            (TIME + 300, Ok(())),
            (TIME - 300, Ok(())),
            (TIME + 301, Err(Answer::OldSignature)),
            (TIME - 301, Err(Answer::OldSignature)),
        ] {
            assert_eq!(at(&header, now), expected, "{now}");
        }
    }

    #[test]
    fn what_can_be_read_in_two_ways_or_not_at_all_is_no_signature() {
        let good = format!("t={TIME},v1={V1}");
        let none = Err(Answer::NoSignature);
        assert_eq!(verified(&[], BODY, &[SECRET], TIME), none);
        assert_eq!(verified(&[&good, &good], BODY, &[SECRET], TIME), none);
        for header in [
            String::new(),
            format!("t={TIME}"),
            format!("v1={V1}"),
            format!("t={TIME},v0={V1}"),
            format!("t={TIME},t={TIME},v1={V1}"),
            format!("t=,v1={V1}"),
            format!("t=+{TIME},v1={V1}"),
            format!("t=-{TIME},v1={V1}"),
            format!("t= {TIME},v1={V1}"),
            format!("t={TIME}.0,v1={V1}"),
            format!("t=9999999999999,v1={V1}"),
            format!("t={TIME},v1="),
            format!("t={TIME},v1={}", V1.to_uppercase()),
            format!("t={TIME},v1={}", &V1[2..]),
            format!("t={TIME},v1={V1}00"),
            format!("t={TIME},v1={V1},"),
            format!("t={TIME};v1={V1}"),
            format!("{TIME},{V1}"),
        ] {
            assert_eq!(at(&header, TIME), none, "{header}");
        }
        assert_eq!(
            at(&format!("t={TIME}, v1={V1}"), TIME),
            none,
            "' v1' is another scheme"
        );
    }
}
