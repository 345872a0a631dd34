//! One payment, and what goes wrong around it.

use crate::partner::{LAGS_AT_MOST, Partner};

/// Until when every interleaving is tried.
const LAST_MOMENT: u8 = 10;

/// One payment, and what goes wrong around it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Payment {
    /// How the partner behaves.
    pub(crate) partner: Partner,
    /// How the partner promises to behave.
    pub(crate) promised: Partner,
    /// For how many units it may not show what it accepted.
    pub(crate) lags: u8,
    /// Whether what the partner was told to give up is never carried out.
    pub(crate) gives_up_for_good: bool,
    /// Until when it is watched.
    pub(crate) last_moment: u8,
    /// How long a kernel goes on sending what a closed connection left.
    pub(crate) kernel_sends_for: u8,
    /// Whether Temporal may hand a submission's step out a second time.
    pub(crate) hands_out_again: bool,
    /// Whether an operator may reset the run, once.
    pub(crate) resets: bool,
    /// Whether one that was refused may be reset too, and then once more to the refusal.
    pub(crate) resets_past_a_refusal: bool,
    /// Whether a run that was reset knows when the first one started.
    pub(crate) resets_keep_the_start: bool,
    /// Whether a step looks at what Temporal says of it before it submits.
    pub(crate) steps_check: bool,
}

/// What must be survived.
pub(crate) const PAYMENT: Payment = Payment {
    partner: Partner::ShowsInTime,
    promised: Partner::ShowsInTime,
    lags: LAGS_AT_MOST,
    gives_up_for_good: true,
    last_moment: LAST_MOMENT,
    kernel_sends_for: 1,
    hands_out_again: true,
    resets: true,
    resets_past_a_refusal: false,
    resets_keep_the_start: true,
    steps_check: true,
};

/// The same without what only makes a search longer.
pub(crate) const QUIET: Payment = Payment {
    hands_out_again: false,
    resets: false,
    ..PAYMENT
};

/// The shortest time in which anything may be repeated.
const SHORTLY_DROPPED_FOR: u8 = 7;

/// With resets there are many more worlds, so the partner drops repeats for a shorter time, and shows
/// nothing before that time is over.
pub(crate) const RESET_WHERE_REPEATS_ARE_DROPPED: Payment = Payment {
    resets: true,
    lags: SHORTLY_DROPPED_FOR + 1,
    last_moment: SHORTLY_DROPPED_FOR + 1,
    ..QUIET.at(Partner::DropsRepeats(SHORTLY_DROPPED_FOR))
};

impl Payment {
    /// At a partner that keeps its promises.
    pub(crate) const fn at(self, partner: Partner) -> Payment {
        Payment {
            partner,
            promised: partner,
            ..self
        }
    }
}
