//! The header by which Stripe signs an event.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The value of `Stripe-Signature` for this body, signed at this second of Unix time with each of
/// the secrets.
pub fn stripe_signature(secrets: &[&[u8]], at: i64, body: &[u8]) -> String {
    let v1 = |secret: &&[u8]| {
        let mac = Hmac::<Sha256>::new_from_slice(secret).expect("any length is a key");
        let signed = mac.chain_update(format!("{at}.")).chain_update(body);
        let bytes = signed.finalize().into_bytes();
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        format!(",v1={hex}")
    };
    let signatures: String = secrets.iter().map(v1).collect();
    format!("t={at}{signatures}")
}
