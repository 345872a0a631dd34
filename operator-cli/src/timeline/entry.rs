//! One line of the timeline.

use jiff::Timestamp;
use serde::{Serialize, Serializer};
use serde_json::Value;

/// One thing that happened.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub(crate) struct Entry {
    /// When; the first time if it happened several times.
    #[serde(serialize_with = "to_the_millisecond")]
    pub(crate) at: Timestamp,
    /// What kind of thing.
    pub(crate) kind: EntryKind,
    /// What happened, in a sentence.
    pub(crate) text: String,
    /// Until when, if it is a wait.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "to_the_millisecond_if_any"
    )]
    pub(crate) until: Option<Timestamp>,
    /// How often the same happened in a row.
    pub(crate) times: u32,
    /// The last time, if it happened more than once.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "to_the_millisecond_if_any"
    )]
    pub(crate) last_at: Option<Timestamp>,
    /// What the history contains about it: a report, an update's argument, the result.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub(crate) data: Value,
}

/// The kinds of events.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum EntryKind {
    /// The operation was requested, or the configuration decided its terms.
    Asked,
    /// A submission to the partner, or its answer.
    Submission,
    /// The partner was asked for the status.
    Check,
    /// A callback came.
    Callback,
    /// Nothing is done until a time.
    Wait,
    /// It started to need attention, or does not any more.
    Attention,
    /// Billing was told.
    Billing,
    /// An operator, or procaas, did something.
    Operator,
    /// Something went wrong on our side.
    Trouble,
    /// The end.
    End,
}

impl Entry {
    pub(super) fn says_the_same(&self, other: &Entry) -> bool {
        let may_repeat = match self.kind {
            EntryKind::Check
            | EntryKind::Wait
            | EntryKind::Callback
            | EntryKind::Submission
            | EntryKind::Billing
            | EntryKind::Trouble => true,
            EntryKind::Asked | EntryKind::Attention | EntryKind::Operator | EntryKind::End => false,
        };
        may_repeat && self.kind == other.kind && self.text == other.text
    }
}

fn to_the_millisecond<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{at:.3}"))
}

fn to_the_millisecond_if_any<S: Serializer>(
    at: &Option<Timestamp>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => to_the_millisecond(at, serializer),
        None => serializer.serialize_none(),
    }
}
