//! Times and durations, as they are typed.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use workflows::contract::written_duration;

/// A moment, a day in UTC, or a duration before now.
pub(super) fn moment(text: &str) -> Result<Timestamp, &'static str> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    let day = text.parse::<Date>();
    if let Ok(day) = day.and_then(|day| TimeZone::UTC.to_timestamp(day.into())) {
        return Ok(day);
    }
    let wrong = "must be a day like 2026-11-24 (UTC), a time like 2026-11-24T08:00:00Z, or a \
                 duration before now such as 2h";
    let before = duration(text).map_err(|_| wrong)?;
    Timestamp::now().checked_sub(before).map_err(|_| wrong)
}

/// More than zero, since everything is older than that.
pub(super) fn age(text: &str) -> Result<Duration, &'static str> {
    match duration(text)? {
        Duration::ZERO => Err("must be longer than 0s"),
        age => Ok(age),
    }
}

pub(super) fn duration(text: &str) -> Result<Duration, &'static str> {
    written_duration::parse(text).ok_or("must be a duration such as 90s, 30m, 2h or 1d")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_time_a_day_or_so_long_ago() {
        let midnight = moment("2026-11-24").unwrap();
        assert_eq!(midnight.to_string(), "2026-11-24T00:00:00Z");
        assert_eq!(moment("2026-11-24T00:00:00Z"), Ok(midnight));
        assert!(moment("2h").unwrap() < Timestamp::now());
        assert!(moment("-2h").is_err() && moment("yesterday").is_err());
    }
}
