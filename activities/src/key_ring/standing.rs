//! Whether the partner knows a key, as far as this process has seen.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a key that the partner does not know is not tried again, if another one serves.
pub(super) const REFUSAL_HOLDS: Duration = Duration::from_secs(3 * 60);

/// What the partner said of a key.
#[derive(Default)]
pub(super) struct Standing(Mutex<Seen>);

#[derive(Clone, Copy, Default)]
enum Seen {
    #[default]
    Nothing,
    Accepted,
    Refused {
        at: Instant,
    },
}

impl Standing {
    pub(super) fn is_proven(&self) -> bool {
        matches!(self.seen(), Seen::Accepted)
    }

    pub(super) fn is_refused(&self, now: Instant) -> bool {
        match self.seen() {
            Seen::Refused { at } => now.saturating_duration_since(at) < REFUSAL_HOLDS,
            Seen::Nothing | Seen::Accepted => false,
        }
    }

    pub(super) fn accepted(&self) {
        self.set(Seen::Accepted);
    }

    pub(super) fn refused(&self, at: Instant) {
        self.set(Seen::Refused { at });
    }

    fn seen(&self) -> Seen {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, seen: Seen) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = seen;
    }
}
