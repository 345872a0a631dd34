//! The output streams, without styles where those are not wanted.

use std::io;

#[expect(clippy::disallowed_methods, reason = "the one place for it")]
pub(super) fn anstream_out() -> anstream::AutoStream<io::Stdout> {
    anstream::stdout()
}

#[expect(clippy::disallowed_methods, reason = "the one place for it")]
pub(super) fn anstream_err() -> anstream::AutoStream<io::Stderr> {
    anstream::stderr()
}
