//! Fields that are written as text.

use std::str::FromStr;
use std::time::Duration;

use jiff::SignedDuration;
use serde::Deserialize;
use serde::de::{Deserializer, Error};

/// No limit of the gateway makes sense above this.
const LONGEST: Duration = Duration::from_secs(300);

pub(super) fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let expected = "a duration from \"1ms\" to \"5m\" such as \"4s\"";
    let duration: SignedDuration = parsed(deserializer, expected)?;
    match Duration::try_from(duration) {
        Ok(duration) if (Duration::from_millis(1)..=LONGEST).contains(&duration) => Ok(duration),
        _ => Err(D::Error::custom(format!("must be {expected}"))),
    }
}

pub(super) fn parsed<'de, D: Deserializer<'de>, T: FromStr>(
    deserializer: D,
    expected: &str,
) -> Result<T, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse()
        .map_err(|_| D::Error::custom(format!("must be {expected}")))
}
