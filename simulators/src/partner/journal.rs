//! The partner's requests and answers, without any session id, and its callbacks.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::messages::{OrderId, RequestId};

/// One request.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct JournalEntry {
    pub(super) at: Timestamp,
    pub(super) path: String,
    pub(super) merchant_id: Option<String>,
    pub(super) request_id: Option<RequestId>,
    pub(super) order_id: Option<OrderId>,
    /// The status and code of the correct answer, which a fault may have hidden from the client.
    pub(super) status: u16,
    pub(super) code: Option<String>,
    pub(super) fault: Option<Value>,
    /// Whether it created an operation (or will, if acceptance is delayed behind a fault).
    pub(super) executed: bool,
}

impl JournalEntry {
    pub(super) fn new(path: &str, at: Timestamp) -> JournalEntry {
        JournalEntry {
            at,
            path: path.to_owned(),
            ..JournalEntry::default()
        }
    }
}

/// One attempt to deliver a callback.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Attempt {
    pub(super) at: Timestamp,
    /// Without its query, which contains a secret.
    pub(super) url: String,
    pub(super) request_id: String,
    /// The receiver's answer; none if there was none within 5 seconds.
    pub(super) status: Option<u16>,
}
