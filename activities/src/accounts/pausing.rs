//! Operators may pause an account: nothing new is submitted, and questions go on.

use std::sync::{Mutex, PoisonError};

use workflows::contract::account::AccountPause;

/// Who has paused an account, if anybody has.
#[derive(Default)]
pub(super) struct Pausing(Mutex<Option<AccountPause>>);

impl Pausing {
    /// Why nothing is submitted now.
    pub(super) fn reason(&self) -> Option<String> {
        let paused = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        paused.as_ref().map(AccountPause::description)
    }

    pub(super) fn set(&self, paused: Option<AccountPause>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = paused;
    }
}
