//! JSON bodies that must be objects.

use serde::de::DeserializeOwned;

/// Parses a body as `T`. Serde alone would also accept an array of the fields in their order.
pub(crate) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    if !body.trim_ascii_start().starts_with(b"{") {
        return Err("the body is not a JSON object".to_owned());
    }
    serde_json::from_slice(body).map_err(|error| error.to_string())
}
