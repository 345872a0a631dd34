//! How long what takes.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What holds for all calls. In JSON, missing fields have their defaults:
/// `{"list_lag":"5s"}`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// From `processing` to the final status of a payment.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    pub payments_settle_after: Duration,
    /// From the creation of a refund to its last status, where the card has a later one.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    pub refunds_settle_after: Duration,
    /// How long a new object is missing in lists.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    pub list_lag: Duration,
    /// `livemode` of all objects and events.
    pub livemode: bool,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            payments_settle_after: Duration::from_secs(1),
            refunds_settle_after: Duration::from_secs(1),
            list_lag: Duration::ZERO,
            livemode: false,
        }
    }
}
