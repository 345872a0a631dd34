//! Durations as people write them: "30s", "5m", "1h 30m", "30d". A day has 24 hours, a week 7 days.

use std::fmt;
use std::time::Duration;

use jiff::{Span, SpanRelativeTo};
use serde::Serializer;
use serde::de::{Deserializer, Error, Unexpected, Visitor};

/// The duration that the text says, if it is one.
pub fn parse(text: &str) -> Option<Duration> {
    let span: Span = text.parse().ok()?;
    let duration = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    Duration::try_from(duration).ok()
}

/// Reads one, for serde.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    deserializer.deserialize_str(Written)
}

/// Writes one, for serde. The largest unit is the hour.
pub fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    use jiff::fmt::serde::unsigned_duration::friendly::compact::required;
    required::serialize(duration, serializer)
}

/// The same for a duration that may be absent.
pub mod optional {
    use super::{Deserializer, Duration};

    /// Reads one, for serde.
    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Duration>, D::Error> {
        super::deserialize(deserializer).map(Some)
    }
}

struct Written;

impl Visitor<'_> for Written {
    type Value = Duration;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(r#"a duration with its unit, such as "90s", "30m", "2h" or "30d""#)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Duration, E> {
        parse(text).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }
}

/// The schema of one.
#[cfg(feature = "schema")]
pub struct WrittenDuration;

#[cfg(feature = "schema")]
impl schemars::JsonSchema for WrittenDuration {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "WrittenDuration".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "written-duration" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_as_good_as_hours_and_months_are_not() {
        let hours = |hours: u64| Some(Duration::from_secs(hours * 60 * 60));
        assert_eq!(parse("30d"), hours(720));
        assert_eq!(parse("1d 2h"), hours(26));
        assert_eq!(parse("366d"), parse("8784h"));
        assert_eq!(parse("3.5s"), Some(Duration::from_millis(3_500)));
        for wrong in ["", "30", "1month", "-5s", "5s ago", "soon"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
