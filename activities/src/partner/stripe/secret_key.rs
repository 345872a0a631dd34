//! Stripe's secret keys: bearer secrets.

use std::path::Path;

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// A restricted or secret key (`rk_…`, `sk_…`).
pub struct SecretKey(SecretString);

impl SecretKey {
    /// Reads a key from a file that nobody but its owner may read. The error says the fix.
    pub fn read(path: &Path) -> Result<SecretKey, String> {
        let file = path.display();
        let bytes = secret_file::read(path).map_err(|error| format!("{file}: {error}"))?;
        let text = std::str::from_utf8(&bytes).unwrap_or_default().trim_end();
        let body = text.strip_prefix("rk_").or(text.strip_prefix("sk_"));
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if body.is_some_and(|body| !body.is_empty() && body.bytes().all(plain)) {
            Ok(SecretKey(text.into()))
        } else {
            Err(format!(
                "{file} does not hold a key of Stripe's (one line, rk_… or sk_…); copy a restricted \
                 key from its dashboard"
            ))
        }
    }

    /// The SHA-256 of the key: the same for the same key.
    pub fn fingerprint(&self) -> String {
        let digest = Sha256::digest(self.expose());
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Whether it moves money, and not only that of Stripe's test mode.
    pub fn is_live(&self) -> bool {
        let (_, mode) = self.expose().split_at("rk_".len());
        mode.starts_with("live_")
    }

    pub(super) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}
