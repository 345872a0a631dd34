//! The kinds of partners: how each treats what is submitted, and what it promises.

use workflows::contract::promises::{AskedBy, Promises};

use crate::timing::units;

/// How long after its last byte a submission is accepted, or never.
pub(crate) const ACCEPTS_WITHIN: u8 = 1;
/// How long after that each replica shows it.
pub(crate) const LAGS_AT_MOST: u8 = 1;

/// For how many units a partner that drops repeats does so: long enough to repeat a few times, and
/// short enough that time goes on past it.
pub(crate) const DROPPED_FOR: u8 = 8;

/// How the partner treats what is submitted, and so what it can promise.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Partner {
    /// It charges again on each submission, and shows within a time what it accepted.
    ShowsInTime,
    /// It drops what is submitted again within this many units of what it accepted first.
    DropsRepeats(u8),
    /// It charges again on each submission, and promises nothing.
    PromisesNothing,
    /// It makes the operation first, carries it out by its own id, and can be told to give it up.
    TakesTwoSteps,
}

impl Partner {
    /// What it promises if it keeps its word.
    pub(crate) fn promises(self) -> Promises {
        match self {
            Partner::ShowsInTime => Promises {
                accepts_within: Some(units(ACCEPTS_WITHIN)),
                shows_within: Some(units(LAGS_AT_MOST)),
                ..Promises::default()
            },
            Partner::DropsRepeats(window) => Promises {
                drops_repeats_for: Some(units(window)),
                ..Promises::default()
            },
            Partner::PromisesNothing => Promises::default(),
            Partner::TakesTwoSteps => Promises {
                asked_by: AskedBy::PartnerPaymentId,
                ..Promises::default()
            },
        }
    }
}
