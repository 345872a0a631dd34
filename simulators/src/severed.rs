//! Marks an answer that is never sent.

use std::time::Duration;

/// As an extension of a response, it makes the server reset the connection after this time instead
/// of answering.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Severed {
    /// How long the client waits without an answer first.
    pub(crate) after: Duration,
}
