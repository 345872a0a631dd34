//! The settings that a schema describes.

use serde_json::Value;

/// One row of the reference.
pub(crate) struct Setting {
    /// The keys that lead to it, like `accounts.NAME.payment_key[].id`.
    pub(crate) name: String,
    /// What is written there.
    pub(crate) kind: String,
    /// What holds where it is absent.
    pub(crate) default: String,
    /// Its doc comment, in one line.
    pub(crate) meaning: String,
}

impl Setting {
    /// Whether the example has its key somewhere, be it in a comment.
    pub(crate) fn is_shown_in(&self, example: &str) -> bool {
        let key = self.name.rsplit('.').next().unwrap_or_default();
        example.contains(key.trim_end_matches("[]"))
    }
}

/// All settings of an object, in the order of their names.
pub(crate) fn settings(schema: &Value) -> Vec<Setting> {
    let mut found = Vec::new();
    within(schema, "", &mut found);
    found
}

fn within(schema: &Value, prefix: &str, found: &mut Vec<Setting>) {
    let required = schema["required"].as_array();
    for (key, field) in schema["properties"].as_object().into_iter().flatten() {
        let name = format!("{prefix}{key}");
        let inner = without_null(field);
        let meaning = meaning(field);
        let (items, values) = (&inner["items"], &inner["additionalProperties"]);
        let (kind, below) = if inner["properties"].is_object() {
            ("table".to_owned(), Some((inner, format!("{name}."))))
        } else if items["properties"].is_object() {
            (
                "list of tables".to_owned(),
                Some((items, format!("{name}[]."))),
            )
        } else if values["properties"].is_object() {
            (
                "tables by name".to_owned(),
                Some((values, format!("{name}.NAME."))),
            )
        } else {
            (kind(key, inner), None)
        };
        // A table without words of its own is only the place of its settings.
        if below.is_none() || !meaning.is_empty() {
            let is_required = required.is_some_and(|names| names.iter().any(|it| it == key));
            let default = match &field["default"] {
                _ if is_required => "required".to_owned(),
                Value::Null | Value::Object(_) if below.is_some() => String::new(),
                value => default(value),
            };
            let name = name.clone();
            found.push(Setting {
                name,
                kind,
                default,
                meaning,
            });
        }
        if let Some((schema, prefix)) = below {
            within(schema, &prefix, found);
        }
    }
}

/// The schema of what an optional setting holds where it is there.
fn without_null(field: &Value) -> &Value {
    let choices = field["anyOf"].as_array();
    let choice = choices.and_then(|choices| choices.iter().find(|it| it["type"] != "null"));
    choice.unwrap_or(field)
}

fn kind(key: &str, schema: &Value) -> String {
    if let Some(words) = schema["enum"].as_array() {
        let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
        return words.join(" or ");
    }
    if schema["format"] == "written-duration" {
        return "duration".to_owned();
    }
    let types = match &schema["type"] {
        Value::Array(types) => types.iter().find(|it| *it != "null"),
        one => Some(one),
    };
    match types.and_then(Value::as_str).unwrap_or_default() {
        "string" if key == "file" || key.ends_with("_file") => "path".to_owned(),
        "boolean" => "true or false".to_owned(),
        "object" => "table".to_owned(),
        "array" => format!("list of {}s", kind("", &schema["items"])),
        other => other.to_owned(),
    }
}

fn default(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Object(parts) if parts.is_empty() => String::new(),
        // A duration, as serde writes it.
        Value::Object(parts) => {
            let part = |name: &str| parts.get(name).and_then(Value::as_u64).unwrap_or_default();
            let milliseconds = part("nanos") / 1_000_000;
            let fraction = format!("{milliseconds:03}");
            let fraction = fraction.trim_end_matches('0');
            let point = if fraction.is_empty() { "" } else { "." };
            format!("`\"{}{point}{fraction}s\"`", part("secs"))
        }
        other => format!("`{other}`"),
    }
}

/// The doc comment, as the cell of a table.
fn meaning(field: &Value) -> String {
    let text = field["description"].as_str().unwrap_or_default();
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace('|', r"\|")
}
