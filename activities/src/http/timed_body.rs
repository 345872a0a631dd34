//! A body that is given to the kernel before a certain time of the wall clock, or never. A request
//! that was ready in time may be sent late: the process may be stopped, or the whole machine, and
//! then the clocks behind timeouts stand still. Without its body a request does nothing.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::{Body, Bytes, Frame, SizeHint};
use jiff::Timestamp;
use workflows::operation::submission_permit::too_late;

/// Bytes that may be sent until a certain time.
pub(crate) struct TimedBody {
    bytes: Bytes,
    last_moment: Timestamp,
}

/// The time had passed, so the body was not sent.
#[derive(Debug)]
pub(crate) struct TooLate {
    last_moment: Timestamp,
    now: Timestamp,
}

impl TimedBody {
    pub(crate) fn new(bytes: Vec<u8>, last_moment: Timestamp) -> TimedBody {
        TimedBody {
            bytes: bytes.into(),
            last_moment,
        }
    }
}

impl Body for TimedBody {
    type Data = Bytes;
    type Error = TooLate;

    /// Polled when the connection is established and the body is about to be written.
    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TooLate>>> {
        let (now, last_moment) = (Timestamp::now(), self.last_moment);
        let bytes = std::mem::take(&mut self.bytes);
        Poll::Ready(if bytes.is_empty() {
            None
        } else if now > last_moment {
            Some(Err(TooLate { last_moment, now }))
        } else {
            Some(Ok(Frame::data(bytes)))
        })
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.len() as u64)
    }
}

impl fmt::Display for TooLate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&too_late(self.last_moment, self.now))
    }
}

impl Error for TooLate {}

/// Whether a request failed because its time had passed.
pub(super) fn too_late_in(error: &(dyn Error + 'static)) -> Option<String> {
    let mut error = Some(error);
    while let Some(cause) = error {
        if let Some(too_late) = cause.downcast_ref::<TooLate>() {
            return Some(too_late.to_string());
        }
        error = cause.source();
    }
    None
}
