//! What is wrong with a setting, in the words of whoever writes the file and not in serde's.

use serde_path_to_error::{Path, Segment};
use toml::Value;

/// The setting at the path, what is written there, and what must be.
pub(crate) fn fault(file: &Value, path: &Path, message: &str) -> String {
    if let Some(missing) = message.strip_prefix("missing field `") {
        let missing = missing.trim_end_matches('`');
        return match path.iter().next() {
            Some(_) => format!("{path}.{missing} is missing"),
            None => format!("{missing} is missing"),
        };
    }
    let problem = problem(message);
    match written(file, path) {
        Some(value) if !value.is_table() && !may_be_a_secret(&problem) => {
            format!("{path} = {value}: {problem}")
        }
        _ => format!("{path}: {problem}"),
    }
}

/// Whoever writes `payment_key = "rk_live_..."` has put a secret where the table that names its file
/// belongs.
fn may_be_a_secret(problem: &str) -> bool {
    problem.starts_with("must be a table") || problem.starts_with("must be a list")
}

/// What serde says of a value ends with what it expected. The words of our own types stay.
fn problem(message: &str) -> String {
    if message == "invalid socket address syntax" {
        return format!("must be {}", in_plain_words("socket address"));
    }
    let is_serdes = ["invalid type: ", "invalid value: ", "unknown variant `"]
        .iter()
        .any(|begin| message.starts_with(begin));
    match message.rsplit_once(", expected ") {
        Some((_, expected)) if is_serdes => format!("must be {}", in_plain_words(expected)),
        _ => message.to_owned(),
    }
}

fn in_plain_words(expected: &str) -> &str {
    match expected {
        "a string" | "string only" => "text in quotes",
        "path string" => "a path in quotes",
        "socket address" => r#"an address and a port in quotes, such as "0.0.0.0:8080""#,
        "a boolean" => "true or false",
        "u32" | "usize" => "a whole number, such as 2",
        "a nonzero u32" => "a whole number from 1 to 4294967295",
        "a nonzero usize" => "a whole number from 1",
        "a sequence" => "a list in square brackets",
        "a map" => "a table",
        named if named.starts_with("struct ") => "a table",
        own => own,
    }
}

fn written<'a>(file: &'a Value, path: &Path) -> Option<&'a Value> {
    path.iter().try_fold(file, |value, segment| match segment {
        Segment::Map { key } => value.get(key),
        Segment::Seq { index } => value.get(*index),
        Segment::Enum { .. } | Segment::Unknown => None,
    })
}
