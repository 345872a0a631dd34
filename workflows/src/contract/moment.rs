//! The JSON Schema of a point in time.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

/// A date and time in RFC 3339, with its offset. Ours are in UTC, with `Z`.
pub(crate) struct Moment;

impl JsonSchema for Moment {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Moment".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time" })
    }
}
