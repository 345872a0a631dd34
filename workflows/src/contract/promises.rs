//! What a partner promises about operations. Each adapter says it, it is recorded with the terms,
//! and operators see it of each account. Nothing here asks which partner it is.

use std::time::Duration;

use jiff::fmt::serde::unsigned_duration::friendly::compact::optional as friendly;
use serde::{Deserialize, Serialize};

use crate::contract::units::Units;

/// The promises of a partner about one operation. What is absent is not promised.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Promises {
    /// For how long after its first submission a repeated one, under the same key, is answered and
    /// not carried out again.
    #[serde(with = "friendly", skip_serializing_if = "Option::is_none")]
    pub drops_repeats_for: Option<Duration>,
    /// How long after its last byte a submission is accepted, or never.
    #[serde(with = "friendly", skip_serializing_if = "Option::is_none")]
    pub accepts_within: Option<Duration>,
    /// How long after that each answer shows what was accepted.
    #[serde(with = "friendly", skip_serializing_if = "Option::is_none")]
    pub shows_within: Option<Duration>,
    /// For how long after the end a completed operation may still turn out not to have moved money.
    #[serde(with = "friendly", skip_serializing_if = "Option::is_none")]
    pub may_flip_for: Option<Duration>,
    /// The name by which it is asked about an operation.
    #[serde(skip_serializing_if = "AskedBy::is_request_id")]
    pub asked_by: AskedBy,
    /// The units of its amounts in the operation's currency; absent where they are those of ISO
    /// 4217.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub units: Option<Units>,
}

/// The name by which a partner is asked about an operation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AskedBy {
    /// Our request id.
    #[default]
    RequestId,
    /// The partner's own id of the operation, which it gives before any money moves.
    PartnerPaymentId,
}

impl AskedBy {
    fn is_request_id(&self) -> bool {
        *self == AskedBy::RequestId
    }
}
