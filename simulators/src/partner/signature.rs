//! Checks the four headers of a signed request.

use aws_lc_rs::digest::{SHA512, digest};
use axum::http::HeaderMap;
use base64::{Engine, prelude::BASE64_STANDARD};
use jiff::Timestamp;

use super::{keys::Keys, messages::OperationType, refusal::Refusal};

/// Who signed a request, and what the key is for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Caller {
    pub(super) merchant_id: String,
    pub(super) purpose: OperationType,
}

impl Caller {
    /// Refuses a key with the other purpose.
    pub(super) fn may(&self, kind: OperationType) -> Result<(), Refusal> {
        if self.purpose == kind {
            Ok(())
        } else {
            Err(Refusal::KeyPurposeMismatch)
        }
    }
}

/// Finds out who signed the request, or why that is unknown.
pub(super) fn verify(
    path: &str,
    headers: &HeaderMap,
    body: &[u8],
    keys: &Keys,
    now: Timestamp,
) -> Result<Caller, Refusal> {
    let merchant_id = only(headers, "x-merchant-id")?;
    let key_id = only(headers, "x-key-id")?;
    let timestamp = only(headers, "x-timestamp")?;
    let signature = only(headers, "x-signature")?;

    let merchant = keys.of(merchant_id).ok_or(Refusal::MerchantUnknown)?;
    let key = merchant.get(key_id).ok_or(Refusal::KeyUnknown)?;
    if seconds(timestamp)?.abs_diff(now.as_second()) > LARGEST_SKEW {
        return Err(Refusal::TimestampSkewed);
    }
    let signature = BASE64_STANDARD
        .decode(signature)
        .map_err(|_| Refusal::SignatureInvalid)?;
    let message = string_to_sign(path, merchant_id, key_id, timestamp, body);
    if !key.verifies(message.as_bytes(), &signature) {
        return Err(Refusal::SignatureInvalid);
    }
    Ok(Caller {
        merchant_id: merchant_id.to_owned(),
        purpose: key.purpose,
    })
}

/// How far a request's timestamp may be from the partner's clock, in seconds.
const LARGEST_SKEW: u64 = 300;

/// A header that must occur exactly once: of two, it would be unknown which one was signed.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a str, Refusal> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().map_err(|_| Refusal::SignatureInvalid),
        _ => Err(Refusal::SignatureInvalid),
    }
}

fn seconds(timestamp: &str) -> Result<i64, Refusal> {
    if !timestamp.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Refusal::SignatureInvalid);
    }
    timestamp.parse().map_err(|_| Refusal::SignatureInvalid)
}

fn string_to_sign(path: &str, merchant: &str, key: &str, timestamp: &str, body: &[u8]) -> String {
    let hash = hex(digest(&SHA512, body).as_ref());
    ["POST", path, merchant, key, timestamp, &hash].join("\n")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
