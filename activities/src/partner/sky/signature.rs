//! The partner's signature (`docs/api/partner.yaml`, "Signing"): ECDSA over P-521 with SHA-512, as
//! DER in standard padded base64, over six lines of which the last is the hash of the body as sent.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use p521::ecdsa::Signature;
use p521::ecdsa::signature::Signer;
use sha2::{Digest, Sha512};

use super::key_pair::{Purpose, SigningKey};

/// The six lines that are signed. `timestamp` is in seconds since the Unix epoch.
pub fn string_to_sign(
    path: &str,
    merchant_id: &str,
    key_id: &str,
    timestamp: u64,
    body: &[u8],
) -> String {
    let body_hash = Sha512::digest(body);
    let body_hash: String = body_hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("POST\n{path}\n{merchant_id}\n{key_id}\n{timestamp}\n{body_hash}")
}

/// The value of `X-Signature` for these six lines. Deterministic (RFC 6979): the same lines give
/// the same bytes, and a bad random number can't reveal the key.
pub fn sign<P: Purpose>(key: &SigningKey<P>, string_to_sign: &str) -> String {
    let signature: Signature = key.key().sign(string_to_sign.as_bytes());
    STANDARD.encode(signature.to_der())
}
