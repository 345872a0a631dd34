//! Ids that cannot be guessed.

/// The prefix and 128 random bits in hexadecimal.
pub(crate) fn random_id(prefix: &str) -> String {
    format!("{prefix}{:032x}", rand::random::<u128>())
}
