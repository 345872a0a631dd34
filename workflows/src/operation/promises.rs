//! What follows from a partner's promises: they alone decide what may be done while an outcome is
//! open.

use std::time::Duration;

use crate::contract::promises::Promises;

/// How long "not found" proves nothing at a partner that promises nothing about it.
const UNPROMISED: Duration = Duration::from_secs(60 * 60);

/// What may be done while an outcome is open.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WhileOpen {
    /// Submit the same once more, until this long after the first run started: the repeat is the
    /// question.
    Repeat(Duration),
    /// Ask. "Not found", asked this long after the last byte may have arrived, counts as proof that
    /// nothing was accepted.
    ProveAbsence(Duration),
    /// Only ask: "not found" proves nothing, however late.
    Ask,
}

impl Promises {
    /// The safe way while an outcome is open.
    pub fn while_open(&self) -> WhileOpen {
        match (
            self.drops_repeats_for,
            self.accepts_within,
            self.shows_within,
        ) {
            (Some(dropped_for), ..) => WhileOpen::Repeat(dropped_for),
            (None, Some(accepts), Some(shows)) => WhileOpen::ProveAbsence(accepts + shows),
            (None, ..) => WhileOpen::Ask,
        }
    }

    /// How long after the last byte of a submission has arrived the partner may not show it.
    pub fn hidden_for(&self) -> Duration {
        match (self.accepts_within, self.shows_within) {
            (Some(accepts), Some(shows)) => accepts + shows,
            _ => UNPROMISED,
        }
    }
}
