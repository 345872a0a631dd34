//! Time in units of twenty seconds, and the schedule of the payment in it.

use std::time::Duration;

use jiff::Timestamp;
use workflows::operation::schedule::Schedule;

/// When an open operation needs attention.
pub(crate) const NEEDS_ATTENTION_AFTER: u8 = 7;
/// Seconds in a unit of time.
const UNIT: u8 = 20;

pub(crate) fn schedule() -> Schedule {
    Schedule {
        request_timeout: units(1),
        first_check: units(1),
        growth: 1,
        longest_pause: units(1),
        needs_attention_after: units(NEEDS_ATTENTION_AFTER),
        attention_check: units(1),
        ..Schedule::default()
    }
}

pub(crate) fn at(moment: u8) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + i64::from(moment) * i64::from(UNIT)).unwrap()
}

/// The moment in units, rounded up.
pub(crate) fn units_until(at: Timestamp) -> u8 {
    let seconds = at.as_second() - 1_790_000_000;
    u8::try_from((seconds + i64::from(UNIT) - 1) / i64::from(UNIT)).unwrap_or(u8::MAX)
}

pub(crate) fn units(units: u8) -> Duration {
    Duration::from_secs(u64::from(units) * u64::from(UNIT))
}
