//! Where a change comes from.

use jiff::Timestamp;

/// The call that changes something, or Stripe itself.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    pub(super) at: Timestamp,
    /// The id of the call.
    pub(super) request: Option<String>,
    pub(super) idempotency_key: Option<String>,
}

impl Origin {
    /// Not a call.
    pub(super) fn stripe() -> Origin {
        Origin {
            at: Timestamp::now(),
            request: None,
            idempotency_key: None,
        }
    }

    /// The same, executed now.
    pub(super) fn now(&self) -> Origin {
        Origin {
            at: Timestamp::now(),
            ..self.clone()
        }
    }

    /// The time as Stripe's objects have it.
    pub(super) fn second(&self) -> i64 {
        self.at.as_second()
    }
}
