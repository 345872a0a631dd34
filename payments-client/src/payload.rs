//! JSON to Temporal's payloads and back. All that passes here is `json/plain`, whatever language
//! the other side is written in.

use serde::Serialize;
use serde::de::DeserializeOwned;
use temporalio_common::data_converters::RawValue;
use temporalio_common::protos::temporal::api::common::v1::Payload;

use crate::error::Error;

/// One argument.
pub(crate) fn write<T: Serialize>(value: &T) -> Result<RawValue, Error> {
    let payload = Payload {
        metadata: [("encoding".to_owned(), b"json/plain".to_vec())].into(),
        data: serde_json::to_vec(value)?,
        ..Payload::default()
    };
    Ok(RawValue::new(vec![payload]))
}

/// One answer.
pub(crate) fn read<T: DeserializeOwned>(answer: RawValue) -> Result<T, Error> {
    let payload = answer.payloads.into_iter().next().unwrap_or_default();
    Ok(serde_json::from_slice(&payload.data)?)
}
