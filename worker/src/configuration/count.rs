//! Counts that have bounds. Whatever is wrong with one, the bounds are told at once.

use serde::Deserialize;
use serde::de::{Deserializer, Error};

/// Reads one, for serde.
pub(super) fn count<'de, const LEAST: u32, const MOST: u32, D, T>(
    deserializer: D,
) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<u32>,
{
    let count = u32::deserialize(deserializer).ok();
    count
        .filter(|count| (LEAST..=MOST).contains(count))
        .and_then(|count| count.try_into().ok())
        .ok_or_else(|| D::Error::custom(format!("must be a whole number from {LEAST} to {MOST}")))
}

/// The same for a count that may be absent.
pub(super) fn optional_count<'de, const LEAST: u32, const MOST: u32, D, T>(
    deserializer: D,
) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<u32>,
{
    count::<LEAST, MOST, D, T>(deserializer).map(Some)
}
