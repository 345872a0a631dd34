//! What the configuration decides for an operation, once: recorded with the run, and in force for
//! its life and for every run that continues it.

use serde::{Deserialize, Serialize};

use crate::request::InvalidRequest;
use crate::schedule::Schedule;

/// The configuration's decisions for one operation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Terms {
    /// The merchant account, by its name in the configuration.
    pub merchant: String,
    /// The address that the partner is to call, without its token.
    pub callback_url: String,
    /// How long to wait for what.
    pub schedule: Schedule,
    /// Whether a resolution by hand takes a second operator's approval. Absent from what was
    /// recorded before there was this choice: one was enough.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub two_operators: bool,
}

/// How the configuration answers a request.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TermsDecision {
    /// It may be carried out, on these terms.
    Agreed(Terms),
    /// It names something that the configuration does not have or allow.
    Refused(InvalidRequest),
}
