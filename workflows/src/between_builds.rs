//! What a run carries over to the next one is a contract between builds, in both directions: after a
//! deploy the new build reads what the one before it wrote, and after a rollback the other way
//! round.
//!
//! `between_builds` holds what builds have written. A sample of a deployed build is never changed. A
//! field may be added if it has a default; to remove one, or to give an enum a value, takes a deploy
//! with a build that can read both.

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::contract::account::AccountRecord;
use crate::flow::run::input::Carried;
use crate::look_again::LookAgainInput;

#[test]
fn an_operation_is_read_by_the_builds_before_and_after() {
    for sample in [
        include_str!("between_builds/waits_for_the_partner.json"),
        include_str!("between_builds/shows_another_amount.json"),
        include_str!("between_builds/waits_for_billing.json"),
    ] {
        is_read_before_and_after::<Carried>(sample);
    }
}

#[test]
fn what_is_looked_at_again_is_read_by_the_builds_before_and_after() {
    is_read_before_and_after::<LookAgainInput>(include_str!("between_builds/looks_again.json"));
}

#[test]
fn a_merchant_account_is_read_by_the_builds_before_and_after() {
    let sample = include_str!("between_builds/merchant_account.json");
    is_read_before_and_after::<AccountRecord>(sample);
}

/// This build reads the sample of one before it, writes all its fields again with the same values, and
/// ignores fields of a later build.
fn is_read_before_and_after<T: DeserializeOwned + Serialize + Debug>(sample: &str) {
    let written: Value = serde_json::from_str(sample).unwrap();
    let read: T = serde_json::from_str(sample).unwrap();
    let again = serde_json::to_value(&read).unwrap();
    let mut missing = Vec::new();
    compare("", &written, &again, &mut missing);
    assert!(missing.is_empty(), "{missing:#?}\n{again:#}");

    let mut later = written;
    assert!(add_fields(&mut later) > 3);
    let read: T = serde_json::from_value(later).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), again);
}

/// What is in `written` and not, or with another value, in `again`.
fn compare(path: &str, written: &Value, again: &Value, missing: &mut Vec<String>) {
    match (written, again) {
        (Value::Object(written), Value::Object(again)) => {
            for (name, value) in written {
                let path = format!("{path}.{name}");
                match again.get(name) {
                    Some(again) => compare(&path, value, again, missing),
                    None => missing.push(format!("{path} is not written any more")),
                }
            }
        }
        _ if written == again => {}
        _ => missing.push(format!("{path} was {written} and is {again}")),
    }
}

/// Adds a field to each object; an enum's variant, which is an object with one object in it, is none.
fn add_fields(value: &mut Value) -> usize {
    match value {
        Value::Array(values) => values.iter_mut().map(add_fields).sum(),
        Value::Object(fields) => {
            let is_variant = fields.len() == 1 && fields.values().all(Value::is_object);
            let mut added: usize = fields.values_mut().map(add_fields).sum();
            if !is_variant {
                fields.insert(
                    "of_a_later_build".to_owned(),
                    serde_json::json!({ "a": [1] }),
                );
                added += 1;
            }
            added
        }
        _ => 0,
    }
}
