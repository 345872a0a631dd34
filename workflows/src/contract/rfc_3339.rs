//! Date-times from outside: RFC 3339, section 5.6, and nothing else. Jiff's own parser accepts more
//! (a space instead of the `T`, no seconds, a comma, `+06`, the name of a zone), and the next
//! reader might interpret such a text differently. So a text is parsed once, and passed on as a
//! point in time.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The point in time that a `date-time` names. It is truncated to nanoseconds. A leap second
/// becomes the second before it, as everywhere in Jiff. Returns none for a text that is not a
/// `date-time`, for a time outside the years 0 to 9999 in UTC (it could not be written again), and
/// for the last hours of 9999, which Jiff does not support.
pub fn parse(text: &str) -> Option<Timestamp> {
    let (second, after) = text.split_at_checked("2026-11-24T08:00:00".len())?;
    let (fraction, offset) = after.split_at(fraction_length(after));
    let offset_is_sound = match shape(offset).as_str() {
        "Z" => true,
        "+00:00" | "-00:00" => &offset[1..3] <= "23",
        _ => false,
    };
    if shape(second) != "0000-00-00T00:00:00" || fraction == "." || !offset_is_sound {
        return None;
    }
    let nanoseconds = &fraction[..fraction.len().min(".123456789".len())];
    let moment: Timestamp = format!("{second}{nanoseconds}{offset}").parse().ok()?;
    let utc = TimeZone::UTC.to_datetime(moment);
    // A leap second is always the last second of a month in UTC.
    let may_leap = (utc.hour(), utc.minute()) == (23, 59) && utc.tomorrow().ok()?.day() == 1;
    let exists = may_leap || !second.ends_with(":60");
    (exists && utc.year() >= 0).then_some(moment)
}

/// The length of the `time-secfrac`, including its point.
fn fraction_length(text: &str) -> usize {
    match text.strip_prefix('.') {
        Some(rest) => text.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len(),
        None => 0,
    }
}

/// The text with every digit replaced by 0, and `T` and `Z` in capitals.
fn shape(text: &str) -> String {
    let digit_or_sign = |character: char| match character {
        '0'..='9' => '0',
        't' => 'T',
        'z' => 'Z',
        other => other,
    };
    text.chars().map(digit_or_sign).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_time_of_rfc_3339_is_the_moment_that_it_names() {
        for (text, moment) in [
            ("2026-11-24T08:00:00Z", "2026-11-24T08:00:00Z"),
            ("2026-11-24T14:00:00+06:00", "2026-11-24T08:00:00Z"),
            ("2026-11-24t08:00:00z", "2026-11-24T08:00:00Z"),
            ("2026-11-24T08:00:00-00:00", "2026-11-24T08:00:00Z"),
            ("2026-11-24T08:00:00+00:00", "2026-11-24T08:00:00Z"),
            ("2026-11-23T10:30:00-21:30", "2026-11-24T08:00:00Z"),
            ("2026-11-25T07:59:00+23:59", "2026-11-24T08:00:00Z"),
            ("2026-11-24T08:00:00.5Z", "2026-11-24T08:00:00.5Z"),
            ("2026-11-24T08:00:00.000Z", "2026-11-24T08:00:00Z"),
            ("2026-11-24T14:00:00.120+06:00", "2026-11-24T08:00:00.12Z"),
            (
                "2026-11-24T08:00:00.123456789Z",
                "2026-11-24T08:00:00.123456789Z",
            ),
            (
                "2026-11-24T08:00:00.1234567899Z",
                "2026-11-24T08:00:00.123456789Z",
            ),
            ("2024-02-29T23:59:59Z", "2024-02-29T23:59:59Z"),
            ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
            ("1990-12-31T15:59:60-08:00", "1990-12-31T23:59:59Z"),
            ("1969-12-31T23:59:59.9Z", "1969-12-31T23:59:59.9Z"),
            ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"),
            ("9999-12-30T21:59:59Z", "9999-12-30T21:59:59Z"),
        ] {
            let read = parse(text).map(|moment| moment.to_string());
            assert_eq!(read.as_deref(), Some(moment), "{text}");
            assert_eq!(parse(moment), parse(text), "{text}");
        }
    }

    #[test]
    fn nothing_else_is_a_date_time() {
        for text in [
            "",
            "yesterday",
            "2026-11-24",
            "2026-11-24T08:00:00",
            "2026-11-24 08:00:00Z",
            "2026-11-24_08:00:00Z",
            "2026-11-24T08:00Z",
            "2026-11-24T08Z",
            "2026-11-24T14:00:00+06",
            "2026-11-24T14:00:00+0600",
            "2026-11-24T14:00:00+6:00",
            "2026-11-24T14:00:00+06:00:00",
            "2026-11-24T14:00:00+06:00[Asia/Bishkek]",
            "2026-11-24T14:00:00[Asia/Bishkek]",
            "2026-11-24T08:00:00Z[UTC]",
            "2026-11-24T08:00:00Z[u-ca=gregory]",
            "2026-11-24T08:00:00,5Z",
            "2026-11-24T08:00:00.Z",
            "2026-11-24T08:00:00. 5Z",
            "2026-11-24T08:00:00ZZ",
            "2026-11-24T08:00:00 Z",
            " 2026-11-24T08:00:00Z",
            "2026-11-24T08:00:00Z\n",
            "2026-11-24T08:00:00\u{2212}06:00",
            "2026-11-24T08:00:00UTC",
            "2026-11-24T080000Z",
            "20261124T080000Z",
            "2026-328T08:00:00Z",
            "2026-W48-2T08:00:00Z",
            "26-11-24T08:00:00Z",
            "12026-11-24T08:00:00Z",
            "+002026-11-24T08:00:00Z",
            "-000001-11-24T08:00:00Z",
            "2026-1-24T08:00:00Z",
            "2026-11-24T8:00:00Z",
            "\u{662}026-11-24T08:00:00Z",
            "2026-00-24T08:00:00Z",
            "2026-13-24T08:00:00Z",
            "2026-11-00T08:00:00Z",
            "2026-11-31T08:00:00Z",
            "2025-02-29T08:00:00Z",
            "2026-11-24T24:00:00Z",
            "2026-11-24T08:60:00Z",
            "2026-11-24T08:00:61Z",
            "2026-11-24T08:00:60Z",
            "2026-11-24T23:59:60Z",
            "2016-12-31T23:59:60+06:00",
            "2026-11-24T08:00:00+24:00",
            "2026-11-24T08:00:00+06:60",
            "0000-01-01T00:00:00+00:01",
            "9999-12-31T23:59:59Z",
            "1795507200",
        ] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }
}
