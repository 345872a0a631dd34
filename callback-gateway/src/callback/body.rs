//! Reads the body within limits.

use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::time::timeout;

use crate::answer::Answer;

/// Reads a body of at most `longest` bytes. The time limit is for the whole body, so that sending it
/// slowly does not help a peer.
pub(super) async fn read(body: Body, longest: usize, within: Duration) -> Result<Bytes, Answer> {
    if body.size_hint().lower() > longest as u64 {
        return Err(Answer::TooLarge);
    }
    match timeout(within, Limited::new(body, longest).collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Answer::TooLarge),
        Ok(Err(_)) => Err(Answer::Malformed),
        Err(_) => Err(Answer::TimedOut),
    }
}
