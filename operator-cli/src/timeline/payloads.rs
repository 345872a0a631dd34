//! JSON out of a history's payloads.

use serde::de::DeserializeOwned;
use serde_json::Value;
use temporalio_common::protos::temporal::api::common::v1::{Payload, Payloads};

/// The first payload, if it is valid.
pub(super) fn first<T: DeserializeOwned>(payloads: Option<&Payloads>) -> Option<T> {
    nth(payloads, 0)
}

/// One payload of several.
pub(super) fn nth<T: DeserializeOwned>(payloads: Option<&Payloads>, n: usize) -> Option<T> {
    one(payloads?.payloads.get(n)?)
}

pub(super) fn one<T: DeserializeOwned>(payload: &Payload) -> Option<T> {
    serde_json::from_slice(&payload.data).ok()
}

/// For programs that need more than the text.
pub(super) fn value(payloads: Option<&Payloads>) -> Value {
    first(payloads).unwrap_or_default()
}
