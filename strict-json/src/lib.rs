//! JSON objects from outside, parsed strictly: one object, no duplicate key at any depth, nothing
//! after it.

mod field;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

use field::Field;

/// The fields of one JSON object without duplicate keys, to be taken out one after the other.
#[derive(Debug)]
pub struct JsonObject(BTreeMap<String, Field>);

/// The content of the text before it was checked for duplicate keys.
struct Parsed {
    fields: BTreeMap<String, Field>,
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
    /// One field breaks a rule.
    #[error("{field} {broken}")]
    Field {
        /// Its key.
        field: String,
        /// What is wrong with it.
        broken: FieldError,
    },
}

/// What is wrong with a field, which it does not name.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum FieldError {
    /// The object has the key twice.
    #[error("is there twice")]
    Repeated,
    /// It is not a string.
    #[error("must be a string")]
    NotAString,
    /// It is missing.
    #[error("is missing")]
    Missing,
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
            Some(key) => Err(FieldError::Repeated.of(key)),
        }
    }

    /// Takes out a string; absent and null are the same.
    pub fn optional(&mut self, key: &str) -> Result<Option<String>, JsonObjectError> {
        match self.0.remove(key) {
            None | Some(Field::Null) => Ok(None),
            Some(Field::Text(text)) => Ok(Some(text)),
            Some(Field::Flag(_) | Field::Object(_) | Field::Other) => {
                Err(FieldError::NotAString.of(key))
            }
        }
    }

    /// Takes out a required string.
    pub fn required(&mut self, key: &str) -> Result<String, JsonObjectError> {
        self.optional(key)?
            .ok_or_else(|| FieldError::Missing.of(key))
    }

    /// Takes out an object; none if the field is absent or anything else.
    pub fn object(&mut self, key: &str) -> Option<JsonObject> {
        match self.0.remove(key)? {
            Field::Object(fields) => Some(JsonObject(fields)),
            _ => None,
        }
    }

    /// Takes out true or false; none if the field is absent or anything else.
    pub fn flag(&mut self, key: &str) -> Option<bool> {
        match self.0.remove(key)? {
            Field::Flag(flag) => Some(flag),
            _ => None,
        }
    }

    /// The name of a field that was not taken out, if one is left.
    pub fn left_over(&self) -> Option<&str> {
        self.0.keys().next().map(String::as_str)
    }
}

impl FieldError {
    fn of(self, field: impl Into<String>) -> JsonObjectError {
        JsonObjectError::Field {
            field: field.into(),
            broken: self,
        }
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
            fields: BTreeMap::new(),
            repeated: None,
        };
        while let Some((key, value)) = map.next_entry::<String, Field>()? {
            match parsed.fields.entry(key) {
                Entry::Vacant(free) => {
                    free.insert(value);
                }
                Entry::Occupied(taken) => parsed.repeated = Some(taken.key().clone()),
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

    #[test]
    fn objects_and_flags_are_taken_from_within() {
        let text = br#"{"a":{"b":{"c":"x"},"d":true,"e":[{"f":false}]},"g":"true"}"#;
        let mut object = JsonObject::parse(text).unwrap();
        let mut a = object.object("a").unwrap();
        assert_eq!(a.object("b").unwrap().required("c").unwrap(), "x");
        assert_eq!(a.flag("d"), Some(true));
        assert!(a.object("e").is_none());
        assert_eq!(object.flag("g"), None);
        assert!(object.object("a").is_none(), "it was taken out");
    }
}
