//! The last word that was said about an operation: by whom, what and when. For people alone;
//! nothing is decided by it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What somebody outside said about an operation. Silence is no word.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LastReport {
    /// Who said it.
    pub from: Source,
    /// What, in the speaker's own words where there are any.
    pub words: String,
    /// When it was heard, in the workflow's time.
    #[cfg_attr(feature = "schema", schemars(with = "crate::contract::moment::Moment"))]
    pub at: Timestamp,
}

/// Who says things about an operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The partner, in an answer to us. A callback is none: it proves nothing.
    Partner,
    /// Billing.
    Billing,
}

impl Source {
    /// For a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Source::Partner => "the partner",
            Source::Billing => "billing",
        }
    }
}
