//! The mark of an answer that is never sent.

use std::time::Duration;

/// Put among a response's extensions, it resets the connection after this long instead of
/// answering.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Severed {
    /// How long the client is left without a word first.
    pub(crate) after: Duration,
}
