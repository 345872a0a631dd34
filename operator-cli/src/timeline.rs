//! What happened to one operation, in order and in words: read from its history, for people. Pure
//! code; the client fetches the history.
//!
//! Read in this order: [`Timeline`]; `reader`, which processes one event after the other; `known`,
//! which uses the workflows' own state machines to follow what was known; `sentences`, the texts.

mod entry;
mod known;
mod payloads;
mod reader;
mod sentences;

use jiff::Timestamp;
use temporalio_common::protos::temporal::api::history::v1::HistoryEvent;

pub(crate) use self::entry::EntryKind;
pub(crate) use self::sentences::particulars;

use self::entry::Entry;
use self::reader::Reader;

/// One operation's life, across all runs whose histories still exist.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Timeline {
    /// What happened, in order.
    pub(crate) entries: Vec<Entry>,
    /// Whether the histories of earlier runs are gone, so that the beginning is missing.
    pub(crate) begins_late: bool,
    /// The merchant account, once the terms are agreed.
    pub(crate) merchant: Option<String>,
}

impl Timeline {
    /// Reads the histories of an operation's runs, the oldest first.
    pub(crate) fn read(events: &[HistoryEvent]) -> Timeline {
        let mut reader = Reader::default();
        for event in events {
            reader.read(event);
        }
        Timeline {
            begins_late: reader.begins_late,
            merchant: reader.merchant(),
            entries: without_repeats(reader.finish()),
        }
    }

    /// The request as it was started, as JSON, if its history still exists.
    pub(crate) fn input(&self) -> Option<&serde_json::Value> {
        let first = self.entries.first().filter(|_| !self.begins_late)?;
        Some(&first.data).filter(|data| !data.is_null())
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
            let since = sentences::pause(entry.at.duration_since(begun));
            let mut line = format!("{at}  {:>10}  {}", format!("+{since}"), entry.text);
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

/// Where the text of a line begins: after the two times.
pub(crate) const TEXT_AT: usize = 33;

/// In UTC, to the second.
fn clock(at: Timestamp) -> impl std::fmt::Display {
    at.strftime("%Y-%m-%d %H:%M:%S")
}

/// Consecutive waits become one wait, and repeated pairs of a question and a wait are shown once:
/// an operation that waits for a day asks a hundred times.
fn without_repeats(entries: Vec<Entry>) -> Vec<Entry> {
    let mut told: Vec<Entry> = Vec::new();
    for entry in entries {
        match told.last_mut() {
            Some(last) if last.kind == EntryKind::Wait && entry.kind == EntryKind::Wait => {
                last.until = entry.until;
                last.text = sentences::wait(last.at, entry.until);
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

/// Merges the last `period` entries into those before them if they say the same.
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

#[cfg(test)]
mod tests;
