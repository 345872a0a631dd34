//! `POST /v1/on_payment_completed`: tells a workflow to ask the partner now.

use std::sync::Arc;
use std::time::SystemTime;

use axum::extract::{Extension, Request, State};
use callback_token::{PAYMENTS_PATH, verify};
use jiff::Timestamp;
use opentelemetry::trace::FutureExt;
use strict_json::JsonObject;
use tracing::Span;
use utoipa::ToSchema;
use workflows::contract::ids::RequestId;

use super::{check, span};
use crate::answer::Answer;
use crate::gateway::Gateway;
use crate::peer::Peer;
use crate::signal_id::signal_id;

/// What the partner says in a callback. Other fields are ignored, since nothing in a callback is
/// trusted.
#[derive(ToSchema)]
pub struct PaymentCompleted {
    /// The payment or reversal that something happened to.
    #[schema(value_type = String, pattern = "^[A-Za-z0-9_-]{1,64}$", example = "ride-7-extra-1")]
    pub request_id: RequestId,
}

impl PaymentCompleted {
    /// Parses a body.
    pub fn parse(body: &[u8]) -> Result<PaymentCompleted, Answer> {
        let mut object = JsonObject::parse(body)?;
        let request_id = object.required("request_id")?;
        let request_id = RequestId::parse(&request_id).map_err(|_| Answer::Malformed)?;
        Ok(PaymentCompleted { request_id })
    }
}

/// Something happened to a payment or a reversal: ask the partner about it now.
#[utoipa::path(
    post,
    path = PAYMENTS_PATH,
    params((
        "token" = String,
        Query,
        description = "From the address that the submission carried, exactly as it stood there.",
        example = "main.1790000000.x9Yq0m1cVbC0rS2Qkz2mH0s6cV5xk9m2h1J8b3W4n6E",
    )),
    request_body(content = PaymentCompleted, description = "At most 4 KiB."),
    responses(Answer),
)]
pub(crate) async fn on_payment_completed(
    State(gateway): State<Arc<Gateway>>,
    Extension(peer): Extension<Peer>,
    request: Request,
) -> Result<Answer, Answer> {
    let arrived = SystemTime::now();
    let verify = |token: &str, callback: &PaymentCompleted| {
        verify(&gateway.secrets, token, &callback.request_id)
    };
    let (callback, issued) =
        check(&gateway, peer, request, PaymentCompleted::parse, verify).await?;
    let request_id = callback.request_id;
    Span::current().record("request_id", request_id.as_str());
    let span = span::begin(&issued, &request_id, arrived);
    let signal_id = signal_id(issued, Timestamp::now());
    let signal = gateway.temporal.signal(&request_id, &signal_id);
    let answer = signal.with_context(span.clone()).await;
    span::end(&span, answer);
    Ok(answer)
}
