//! Events: what happened to which object.

use serde::Serialize;
use serde_json::Value;

use super::origin::Origin;
use crate::random_id::random_id;

/// An event as webhooks carry it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Event {
    pub(super) id: String,
    object: &'static str,
    api_version: &'static str,
    created: i64,
    pub(super) data: Data,
    livemode: bool,
    pending_webhooks: u8,
    request: Request,
    #[serde(rename = "type")]
    pub(super) kind: String,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Data {
    /// The object as it was then.
    pub(super) object: Value,
}

/// The call that caused it.
#[derive(Clone, Debug, Serialize)]
struct Request {
    id: Option<String>,
    idempotency_key: Option<String>,
}

impl Event {
    /// An event about an object as it is now.
    pub(super) fn new(kind: &str, object: Value, livemode: bool, origin: &Origin) -> Event {
        Event {
            id: random_id("evt_"),
            object: "event",
            api_version: API_VERSION,
            created: origin.second(),
            data: Data { object },
            livemode,
            pending_webhooks: 1,
            request: Request {
                id: origin.request.clone(),
                idempotency_key: origin.idempotency_key.clone(),
            },
            kind: kind.to_owned(),
        }
    }

    /// The request id in the metadata of its object.
    pub(super) fn request_id(&self) -> Option<&str> {
        self.data.object["metadata"]["request_id"].as_str()
    }

    /// The same change as another event, as Stripe sometimes has it.
    pub(super) fn twin(&self) -> Event {
        Event {
            id: random_id("evt_"),
            ..self.clone()
        }
    }
}

const API_VERSION: &str = "2026-10-28.endive";
