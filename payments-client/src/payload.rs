//! Converts JSON to Temporal's payloads and back. Everything is `json/plain`, whatever language the
//! other side is written in.

use serde::Serialize;
use serde::de::DeserializeOwned;
use temporalio_common::data_converters::RawValue;
use temporalio_common::protos::coresdk::AsJsonPayloadExt;

use crate::error::Error;

/// Encodes one argument.
pub(crate) fn write<T: Serialize>(value: &T) -> Result<RawValue, Error> {
    let payload = value.as_json_payload();
    let payload = payload.map_err(|error| Error::Unreadable(error.to_string()))?;
    Ok(RawValue::new(vec![payload]))
}

/// Decodes one answer.
pub(crate) fn read<T: DeserializeOwned>(answer: RawValue) -> Result<T, Error> {
    let payload = answer.payloads.into_iter().next().unwrap_or_default();
    Ok(serde_json::from_slice(&payload.data)?)
}
