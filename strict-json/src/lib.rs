//! JSON objects from outside, parsed strictly: one object, no duplicate key at any depth, nothing
//! after it.

mod field;

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

use field::Field;

/// The fields of one JSON object without duplicate keys, to be taken out one after the other.
#[derive(Debug)]
pub struct JsonObject(Vec<(String, Field)>);

/// The content of the text before it was checked for duplicate keys.
struct Parsed {
    fields: Vec<(String, Field)>,
    repeated: Option<String>,
}

/// What is wrong with the text or with one field of it.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum JsonObjectError {
    /// Invalid JSON, not an object, something after the object, or a duplicate key further down.
    /// The content is not included.
    #[error("must be one JSON object; what is there goes wrong at line {line}, column {column}")]
    Malformed {
        /// From 1.
        line: usize,
        /// In bytes, from 1.
        column: usize,
    },
    /// The object has a key twice.
    #[error("{0} is there twice")]
    Repeated(String),
    /// The field is not a string.
    #[error("{0} must be a string")]
    NotAString(String),
    /// The field is missing.
    #[error("{0} is missing")]
    Missing(String),
}

impl JsonObject {
    /// Parses the whole of `bytes` as one object.
    pub fn parse(bytes: &[u8]) -> Result<JsonObject, JsonObjectError> {
        let parsed: Parsed =
            serde_json::from_slice(bytes).map_err(|error| JsonObjectError::Malformed {
                line: error.line(),
                column: error.column(),
            })?;
        match parsed.repeated {
            None => Ok(JsonObject(parsed.fields)),
            Some(key) => Err(JsonObjectError::Repeated(key)),
        }
    }

    /// Takes out a string; absent and null are the same.
    pub fn optional(&mut self, key: &str) -> Result<Option<String>, JsonObjectError> {
        let Some(at) = self.0.iter().position(|(name, _)| name == key) else {
            return Ok(None);
        };
        match self.0.swap_remove(at).1 {
            Field::Null => Ok(None),
            Field::Text(text) => Ok(Some(text)),
            Field::Other => Err(JsonObjectError::NotAString(key.to_owned())),
        }
    }

    /// Takes out a required string.
    pub fn required(&mut self, key: &str) -> Result<String, JsonObjectError> {
        self.optional(key)?
            .ok_or_else(|| JsonObjectError::Missing(key.to_owned()))
    }

    /// The name of a field that was not taken out, if one is left.
    pub fn left_over(&self) -> Option<&str> {
        self.0.first().map(|(name, _)| name.as_str())
    }
}

impl<'de> Deserialize<'de> for Parsed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Parsed, D::Error> {
        deserializer.deserialize_map(Fields)
    }
}

struct Fields;

impl<'de> Visitor<'de> for Fields {
    type Value = Parsed;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Parsed, A::Error> {
        let mut parsed = Parsed {
            fields: Vec::new(),
            repeated: None,
        };
        while let Some((key, value)) = map.next_entry::<String, Field>()? {
            if parsed.fields.iter().any(|(name, _)| *name == key) {
                parsed.repeated = Some(key);
            } else {
                parsed.fields.push((key, value));
            }
        }
        Ok(parsed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_twice_is_refused_however_it_is_spelled() {
        for text in [
            r#"{"a":"1","a":"1"}"#,
            r#"{"a":"1","\u0061":"2"}"#,
            r#"{"b":1,"b":2}"#,
        ] {
            let error = JsonObject::parse(text.as_bytes()).unwrap_err();
            assert!(error.to_string().ends_with("is there twice"), "{error}");
        }
        for text in [
            r#"{"a":{"b":1,"b":1}}"#,
            r#"{"a":[null,{"c":{"b":1,"\u0062":1}}]}"#,
        ] {
            let error = JsonObject::parse(text.as_bytes()).unwrap_err();
            assert!(matches!(error, JsonObjectError::Malformed { line: 1, .. }));
        }
        let apart = br#"{"a":{"b":1,"c":1.5},"b":[{"b":-1},{"b":true}]}"#;
        assert!(JsonObject::parse(apart).is_ok());
    }

    #[test]
    fn only_one_whole_object_is_taken() {
        for text in [
            "",
            "null",
            "[]",
            "\"a\"",
            "1",
            "{",
            "{} {}",
            "{}x",
            "\u{feff}{}",
            "{'a':1}",
        ] {
            assert!(JsonObject::parse(text.as_bytes()).is_err(), "{text:?}");
        }
        assert!(JsonObject::parse(b"{\"a\":\"\xff\"}").is_err());
    }

    #[test]
    fn fields_are_taken_by_name_and_the_rest_is_told() {
        let mut object = JsonObject::parse(br#" {"a":"x","b":null,"c":1,"d":""} "#).unwrap();
        assert_eq!(object.required("a").unwrap(), "x");
        assert_eq!(object.optional("b").unwrap(), None);
        assert_eq!(
            object.required("z").unwrap_err().to_string(),
            "z is missing"
        );
        assert_eq!(
            object.optional("c").unwrap_err().to_string(),
            "c must be a string"
        );
        assert_eq!(object.left_over(), Some("d"));
        assert_eq!(object.optional("d").unwrap().as_deref(), Some(""));
        assert_eq!(object.left_over(), None);
    }
}
