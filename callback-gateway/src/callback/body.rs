//! The body: read within bounds, and nothing but the request id taken from it.

use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::time::timeout;
use utoipa::ToSchema;
use workflows::ids::RequestId;
use workflows::json_object::JsonObject;

use crate::answer::Answer;

/// The longest body, in bytes; a callback needs a hundred.
const LONGEST: usize = 4 * 1024;

/// Reads the body. The time counts for all of it, so that no body lives on by dripping.
pub(super) async fn read(body: Body, within: Duration) -> Result<Bytes, Answer> {
    if body.size_hint().lower() > LONGEST as u64 {
        return Err(Answer::TooLarge);
    }
    match timeout(within, Limited::new(body, LONGEST).collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Answer::TooLarge),
        Ok(Err(_)) => Err(Answer::Malformed),
        Err(_) => Err(Answer::TimedOut),
    }
}

/// What the partner tells in a callback. Other fields are ignored: nothing is taken at its word.
#[derive(ToSchema)]
pub(crate) struct PaymentCompleted {
    /// The payment or reversal that something happened to.
    #[schema(value_type = String, pattern = "^[A-Za-z0-9_-]{1,64}$", example = "ride-7-extra-1")]
    pub(super) request_id: RequestId,
}

impl PaymentCompleted {
    pub(super) fn parse(body: &[u8]) -> Result<PaymentCompleted, Answer> {
        let mut object = JsonObject::parse(body).map_err(|_| Answer::Malformed)?;
        let request_id = object
            .required("request_id")
            .map_err(|_| Answer::Malformed)?;
        let request_id = RequestId::parse(&request_id).map_err(|_| Answer::Malformed)?;
        Ok(PaymentCompleted { request_id })
    }
}
