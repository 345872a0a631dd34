//! The durations of the gateway.

use std::time::Duration;

use serde::de::{Deserializer, Error};
use workflows::contract::written_duration;

const SHORTEST: Duration = Duration::from_millis(1);

/// No limit of the gateway makes sense above this.
const LONGEST: Duration = Duration::from_secs(300);

/// Whatever is wrong, the bounds are told at once.
pub(super) fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let duration = written_duration::deserialize(deserializer).ok();
    duration
        .filter(|duration| (SHORTEST..=LONGEST).contains(duration))
        .ok_or_else(|| D::Error::custom("must be a duration from \"1ms\" to \"5m\" such as \"4s\""))
}
