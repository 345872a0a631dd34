//! How the delivery of events goes wrong.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::events::Event;

/// How some events are delivered, in JSON for example `{"type":"refund.failed","times":0}`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct DeliveryRule {
    /// Only events of this type.
    #[serde(rename = "type")]
    kind: Option<String>,
    /// Only events about this request.
    request_id: Option<String>,
    /// How late the first attempt is.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    pub(super) delay: Duration,
    /// A random further delay up to this, so that events overtake one another.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    jitter: Duration,
    /// How often each is delivered, one after the other; 0 drops it.
    pub(super) times: u32,
    /// Each change is also delivered as a second event with another id.
    pub(super) twin: bool,
    /// The answer of the call waits until the event was delivered, for 5 seconds at most.
    pub(super) before_answer: bool,
}

impl Default for DeliveryRule {
    fn default() -> DeliveryRule {
        DeliveryRule {
            kind: None,
            request_id: None,
            delay: Duration::ZERO,
            jitter: Duration::ZERO,
            times: 1,
            twin: false,
            before_answer: false,
        }
    }
}

impl DeliveryRule {
    pub(super) fn is_about(&self, event: &Event) -> bool {
        self.kind.as_ref().is_none_or(|kind| *kind == event.kind)
            && (self.request_id.is_none() || self.request_id.as_deref() == event.request_id())
    }

    /// How long to wait before the first attempt.
    pub(super) fn pause(&self) -> Duration {
        let jitter = u64::try_from(self.jitter.as_millis()).unwrap_or(u64::MAX - 1);
        self.delay + Duration::from_millis(rand::random_range(0..=jitter))
    }
}
