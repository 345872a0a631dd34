//! The vectors of `docs/api/partner.yaml`; each accepted one also with every header changed.

use axum::http::HeaderValue;
use serde::Deserialize;

use super::*;
use crate::partner::keys::MerchantKey;

#[derive(Deserialize)]
struct Vectors {
    keys: Vec<Key>,
    accepted: Vec<Case>,
    refused: Vec<Case>,
}

#[derive(Deserialize)]
struct Key {
    key_id: String,
    purpose: OperationType,
    public_key_spki_pem: String,
}

#[derive(Clone, Deserialize)]
struct Case {
    name: String,
    path: String,
    merchant_id: String,
    key_id: String,
    timestamp: i64,
    body_utf8: String,
    string_to_sign: Option<String>,
    #[serde(alias = "signature_rfc6979_base64")]
    signature_base64: String,
    another_valid_signature_base64: Option<String>,
}

impl Case {
    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("x-merchant-id", &self.merchant_id),
            ("x-key-id", &self.key_id),
            ("x-timestamp", &self.timestamp.to_string()),
            ("x-signature", &self.signature_base64),
        ] {
            headers.insert(name, value.parse().unwrap());
        }
        headers
    }

    fn verify_with(&self, headers: &HeaderMap, seconds_later: i64) -> Result<Caller, Refusal> {
        let now = Timestamp::from_second(self.timestamp + seconds_later).unwrap();
        let body = self.body_utf8.as_bytes();
        verify(&self.path, headers, body, &vectors().1, now)
    }

    fn verify(&self) -> Result<Caller, Refusal> {
        self.verify_with(&self.headers(), 0)
    }
}

fn vectors() -> (Vectors, Keys) {
    let vectors: Vectors = serde_json::from_str(include_str!(
        "../../../../activities/tests/signing_vectors.json"
    ))
    .unwrap();
    let mut keys = Keys::default();
    for merchant_id in ["m-1001", "m-1002"] {
        for key in &vectors.keys {
            keys.add(&MerchantKey {
                merchant_id: merchant_id.to_owned(),
                key_id: key.key_id.clone(),
                purpose: key.purpose,
                public_key_pem: key.public_key_spki_pem.clone(),
            })
            .unwrap();
        }
    }
    (vectors, keys)
}

#[test]
fn accepts_what_the_contract_accepts() {
    let cases = vectors().0.accepted;
    assert_eq!(cases.len(), 5);
    for mut case in cases {
        let built = string_to_sign(
            &case.path,
            &case.merchant_id,
            &case.key_id,
            &case.timestamp.to_string(),
            case.body_utf8.as_bytes(),
        );
        assert_eq!(Some(&built), case.string_to_sign.as_ref(), "{}", case.name);
        let caller = case.verify().unwrap();
        assert_eq!(caller.merchant_id, case.merchant_id);
        assert_eq!(
            caller.purpose == OperationType::Payment,
            case.key_id == "pay-test-1"
        );

        case.signature_base64 = case.another_valid_signature_base64.clone().unwrap();
        case.verify().unwrap();
    }
}

#[test]
fn refuses_what_the_contract_refuses() {
    let cases = vectors().0.refused;
    assert!(cases.len() >= 13);
    for case in cases {
        let refused = Err(Refusal::SignatureInvalid);
        assert_eq!(case.verify(), refused, "{}", case.name);
    }
}

#[test]
fn refuses_a_header_that_is_missing_repeated_or_in_another_form() {
    let case = vectors().0.accepted.swap_remove(0);
    let refuses = |headers: HeaderMap| {
        let refused = Err(Refusal::SignatureInvalid);
        assert_eq!(case.verify_with(&headers, 0), refused, "{headers:?}");
    };
    for name in ["x-merchant-id", "x-key-id", "x-timestamp", "x-signature"] {
        let mut missing = case.headers();
        missing.remove(name);
        refuses(missing);
        let mut repeated = case.headers();
        repeated.append(name, repeated[name].clone());
        refuses(repeated);
    }
    for timestamp in ["+1790000000", "1790000000.0", "", "99999999999999999999"] {
        let mut headers = case.headers();
        headers.insert("x-timestamp", HeaderValue::from_static(timestamp));
        refuses(headers);
    }
    let mut unpadded = case.headers();
    let signature = case.signature_base64.trim_end_matches('=');
    unpadded.insert("x-signature", signature.parse().unwrap());
    refuses(unpadded);
}

#[test]
fn tells_the_unknown_and_the_late_apart() {
    let case = vectors().0.accepted.swap_remove(0);
    let stranger = Case {
        merchant_id: "m-9".to_owned(),
        ..case.clone()
    };
    assert_eq!(stranger.verify(), Err(Refusal::MerchantUnknown));
    let old_key = Case {
        key_id: "pay-test-0".to_owned(),
        ..case.clone()
    };
    assert_eq!(old_key.verify(), Err(Refusal::KeyUnknown));
    for (skew, accepted) in [(300, true), (-300, true), (301, false), (-301, false)] {
        let verified = case.verify_with(&case.headers(), skew);
        assert_eq!(verified.is_ok(), accepted, "{skew} s");
        assert!(accepted || matches!(verified, Err(Refusal::TimestampSkewed)));
    }
}
