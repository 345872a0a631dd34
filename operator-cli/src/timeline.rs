//! What happened to one operation, in order and in words: read from its history, for people.
//! Pure code; fetching the history is the client's.
//!
//! Read in this order: [`Timeline`]; `reader`, which takes one event after the other; `known`,
//! which follows what was known by the workflows' own state machines; `words`, in which it is told.

mod known;
mod payloads;
mod reader;
mod words;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use temporalio_common::protos::temporal::api::history::v1::HistoryEvent;

pub(crate) use self::words::particulars;

use self::reader::Reader;

/// One operation's life, over all the runs whose histories are still there.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub(crate) struct Timeline {
    /// What happened, in order.
    pub(crate) entries: Vec<Entry>,
    /// Whether the histories of earlier runs are gone, so that the beginning is missing.
    pub(crate) begins_late: bool,
}

/// One thing that happened.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub(crate) struct Entry {
    /// When; the first time where it happened several times.
    pub(crate) at: Timestamp,
    /// What kind of thing.
    pub(crate) kind: EntryKind,
    /// What happened, in words.
    pub(crate) words: String,
    /// Until when, where it is a wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) until: Option<Timestamp>,
    /// How often the same happened, one after the other.
    pub(crate) times: u32,
    /// When last, where that is more than once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_at: Option<Timestamp>,
    /// What the history holds of it: a report, an update's argument, the result.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub(crate) data: Value,
}

/// The kinds of things that happen.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum EntryKind {
    /// The operation was asked for, or the configuration decided its terms.
    Asked,
    /// A submission to the partner, or its answer.
    Submission,
    /// The partner was asked for the status.
    Check,
    /// A callback came.
    Callback,
    /// Nothing is done until a time.
    Wait,
    /// It came to need attention, or needs none any more.
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

impl Timeline {
    /// Reads the histories of an operation's runs, the oldest first.
    pub(crate) fn read(events: &[HistoryEvent]) -> Timeline {
        let mut reader = Reader::default();
        for event in events {
            reader.read(event);
        }
        let begins_late = reader.begins_late();
        Timeline {
            entries: without_repeats(reader.finish()),
            begins_late,
        }
    }

    /// One line for each entry, with its kind: the time in UTC, the time since the beginning, what
    /// happened.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (EntryKind, String)> {
        let begun = self
            .entries
            .first()
            .map_or(Timestamp::MIN, |entry| entry.at);
        self.entries.iter().map(move |entry| {
            let at = clock(entry.at);
            let since = words::pause(entry.at.duration_since(begun));
            let mut line = format!("{at}  {:>10}  {}", format!("+{since}"), entry.words);
            if let Some(until) = entry.until {
                line += &format!(", until {}", clock(until));
            }
            if let Some(last_at) = entry.last_at {
                line += &format!(" ({} times, last at {})", entry.times, clock(last_at));
            }
            (entry.kind, line)
        })
    }
}

/// In UTC, to the second.
fn clock(at: Timestamp) -> impl std::fmt::Display {
    at.strftime("%Y-%m-%d %H:%M:%S")
}

/// Waits that follow each other are one wait, and a question and a wait that repeat themselves are
/// told once: what waits for a day asks a hundred times.
fn without_repeats(entries: Vec<Entry>) -> Vec<Entry> {
    let mut told: Vec<Entry> = Vec::new();
    for entry in entries {
        match told.last_mut() {
            Some(last) if last.kind == EntryKind::Wait && entry.kind == EntryKind::Wait => {
                last.until = entry.until;
                last.words = words::wait(last.at, entry.until);
            }
            _ => told.push(entry),
        }
    }
    let mut merged: Vec<Entry> = Vec::new();
    for entry in told {
        merged.push(entry);
        for period in [1, 2] {
            merge_last(&mut merged, period);
        }
    }
    merged
}

/// Merges the last `period` entries into those before them, where they say the same.
fn merge_last(entries: &mut Vec<Entry>, period: usize) {
    let Some(start) = entries.len().checked_sub(2 * period) else {
        return;
    };
    let (before, after) = entries[start..].split_at(period);
    let same = |(one, other): (&Entry, &Entry)| one.says_the_same(other);
    if !before.iter().zip(after).all(same) {
        return;
    }
    let after = entries.split_off(start + period);
    for (entry, repeat) in entries[start..].iter_mut().zip(after) {
        entry.times += repeat.times;
        entry.last_at = Some(repeat.last_at.unwrap_or(repeat.at));
        entry.until = repeat.until;
    }
}

impl Entry {
    fn says_the_same(&self, other: &Entry) -> bool {
        let may_repeat = match self.kind {
            EntryKind::Check
            | EntryKind::Wait
            | EntryKind::Callback
            | EntryKind::Submission
            | EntryKind::Billing
            | EntryKind::Trouble => true,
            EntryKind::Asked | EntryKind::Attention | EntryKind::Operator | EntryKind::End => false,
        };
        may_repeat && self.kind == other.kind && self.words == other.words
    }
}

#[cfg(test)]
mod tests;
