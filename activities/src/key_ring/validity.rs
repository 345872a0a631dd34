//! On which days a partner accepts a key.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The days on which the partner accepts a key, in UTC, both included. An absent one is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Validity {
    not_before: Option<Date>,
    not_after: Option<Date>,
}

impl Validity {
    /// The days from `not_before` to `not_after`. The error names the fields.
    pub fn new(not_before: Option<Date>, not_after: Option<Date>) -> Result<Validity, String> {
        if let (Some(first), Some(last)) = (not_before, not_after)
            && first > last
        {
            return Err(format!(
                "not_before ({first}) is after not_after ({last}): correct one of them"
            ));
        }
        Ok(Validity {
            not_before,
            not_after,
        })
    }

    /// Whether it is one of the days.
    pub fn covers(&self, now: Timestamp) -> bool {
        self.has_begun(now) && !self.is_over(now)
    }

    /// Whether the last day is past.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.not_after.is_some_and(|last| last < day(now))
    }

    /// The first day.
    pub fn not_before(&self) -> Option<Date> {
        self.not_before
    }

    /// The last day.
    pub fn not_after(&self) -> Option<Date> {
        self.not_after
    }

    /// The end of the last day.
    pub fn expires_at(&self) -> Option<Timestamp> {
        let midnight = self.not_after?.tomorrow().ok()?.at(0, 0, 0, 0);
        TimeZone::UTC.to_timestamp(midnight).ok()
    }

    fn has_begun(&self, now: Timestamp) -> bool {
        self.not_before.is_none_or(|first| first <= day(now))
    }
}

fn day(now: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(now).date()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn both_days_are_included_and_midnight_is_that_of_utc() {
        let first = Some(date(2027, 1, 1));
        let last = Some(date(2027, 6, 30));
        let half_a_year = Validity::new(first, last).unwrap();
        for (time, is_covered) in [
            ("2026-12-31T23:59:59Z", false),
            ("2027-01-01T00:00:00Z", true),
            ("2027-06-30T23:59:59Z", true),
            ("2027-07-01T00:00:00Z", false),
        ] {
            assert_eq!(
                half_a_year.covers(time.parse().unwrap()),
                is_covered,
                "{time}"
            );
        }
        let end = half_a_year.expires_at().unwrap();
        assert_eq!(end.to_string(), "2027-07-01T00:00:00Z");
        assert!(Validity::default().covers(Timestamp::now()));
        assert!(
            Validity::new(last, first)
                .unwrap_err()
                .contains("not_before")
        );
    }
}
