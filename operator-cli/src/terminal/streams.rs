//! The output streams, without styles where those are not wanted, and their width.

use std::io::{self, Write};

#[cfg(test)]
use super::captured;

/// Where a line goes.
#[derive(Clone, Copy)]
pub(super) enum Stream {
    Out,
    Err,
}

impl Stream {
    #[expect(clippy::disallowed_methods, reason = "the one place for it")]
    pub(super) fn write(self, bytes: &[u8]) -> io::Result<()> {
        #[cfg(test)]
        if captured::write(bytes) {
            return Ok(());
        }
        match self {
            Stream::Out => anstream::stdout().write_all(bytes),
            Stream::Err => anstream::stderr().write_all(bytes),
        }
    }

    /// Of the terminal, in characters; none if it is no terminal.
    #[expect(clippy::disallowed_types, reason = "the one place for it")]
    pub(super) fn width(self) -> Option<usize> {
        #[cfg(test)]
        if let Some(width) = captured::width() {
            return Some(width);
        }
        terminal_text::width(&match self {
            Stream::Out => console::Term::stdout(),
            Stream::Err => console::Term::stderr(),
        })
    }
}
