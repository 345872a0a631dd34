//! Stripe's calls, without any API key.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::calls::Operation;
use crate::misbehaviour::Answer;

/// One call.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct JournalEntry {
    pub(super) at: Timestamp,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) operation: Option<Operation>,
    /// The API key with most of it hidden.
    pub(super) api_key: Option<String>,
    pub(super) version: Option<String>,
    pub(super) idempotency_key: Option<String>,
    pub(super) request_id: Option<String>,
    pub(super) parameters: BTreeMap<String, String>,
    /// The status and code of the correct answer, which a fault may have hidden from the client;
    /// 0 for a call that was not executed. A call that arrives late has a second entry then.
    pub(super) status: u16,
    pub(super) code: Option<String>,
    pub(super) replayed: bool,
    pub(super) fault: Option<Value>,
}

impl JournalEntry {
    pub(super) fn add_result(&mut self, answer: Option<&Answer>, replayed: bool) {
        if let Some(answer) = answer {
            self.status = answer.status.as_u16();
            self.code = answer.body["error"]["code"].as_str().map(str::to_owned);
        }
        self.replayed = replayed;
    }
}
