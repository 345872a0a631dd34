//! What was last said about an operation: by whom, what and when. It is only for people to read;
//! nothing is decided by it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What an outside system said about an operation. No answer is not recorded here.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LastReport {
    /// Who said it.
    pub from: Source,
    /// What was said, in the speaker's own words where there are any.
    pub words: String,
    /// When the answer arrived, in the workflow's time.
    #[cfg_attr(feature = "schema", schemars(with = "crate::contract::moment::Moment"))]
    pub at: Timestamp,
}

/// The systems that report on an operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The partner, in an answer to our request. A callback does not count, since it proves
    /// nothing.
    Partner,
    /// Billing.
    Billing,
}

impl Source {
    /// The form used in sentences.
    pub fn label(self) -> &'static str {
        match self {
            Source::Partner => "the partner",
            Source::Billing => "billing",
        }
    }
}
