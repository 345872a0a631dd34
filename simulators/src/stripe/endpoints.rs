//! The addresses that events are delivered to, and the attempts.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use url::Url;

/// Where events are delivered.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Endpoint {
    #[serde(deserialize_with = "address")]
    pub(super) url: Url,
    /// `whsec_…`: each of them signs, as while a secret is rolled.
    pub(super) secrets: Vec<String>,
    /// The types that it gets; all of them if it is empty.
    #[serde(default)]
    pub(super) events: Vec<String>,
}

/// One attempt to deliver an event.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Attempt {
    pub(super) at: Timestamp,
    pub(super) url: String,
    pub(super) event: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    /// The id of the object.
    pub(super) object: Option<String>,
    pub(super) request_id: Option<String>,
    /// The receiver's answer; none if there was none within 10 seconds.
    pub(super) status: Option<u16>,
}

fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Url, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(serde::de::Error::custom)
}
