//! `POST /v1/on_payment_completed`: the checks of the contract's table, in its order. Path and
//! method are the router's.
//!
//! **Refusals are alike.** A forger must not learn from an answer, or from its time, how close he
//! came. All refusals have the same (empty) body. Whatever the token looks like, or whether there is
//! one, one mac is computed and compared in constant time, and only then is it decided; before that
//! nothing is looked up that an outsider does not know already, and Temporal is not asked. What a
//! refusal costs so depends on what the peer sent itself, and on nothing that is secret.

mod body;
mod head;

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Extension, Request, State};
use jiff::Timestamp;
use tracing::Span;
use workflows::callback_token::verify;

use body::PaymentCompleted;
pub(crate) use head::must_be_unambiguous;

use crate::answer::Answer;
use crate::peer::Peer;
use crate::public_port::Gateway;
use crate::signal_id::signal_id;

/// Something happened to a payment or a reversal: ask us now.
#[utoipa::path(
    post,
    path = "/v1/on_payment_completed",
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
) -> Answer {
    let (Ok(answer) | Err(answer)) = check(&gateway, peer, request).await;
    answer
}

/// The contract's table from the third row to its end: the first case that applies answers.
async fn check(gateway: &Gateway, peer: Peer, request: Request) -> Result<Answer, Answer> {
    gateway
        .rate
        .admit(peer, Instant::now())
        .map_err(Answer::TooManyRequests)?;
    head::must_be_json(request.headers())?;
    let (head, body) = request.into_parts();
    let body = body::read(body, gateway.settings.body_timeout).await?;
    let PaymentCompleted { request_id } = PaymentCompleted::parse(&body)?;
    let token = head::only_token(&head.uri);
    let issued = verify(&gateway.secrets, token.unwrap_or(""), &request_id);
    let issued = match (token, issued) {
        (None, _) => return Err(Answer::NoToken),
        (Some(_), None) => return Err(Answer::WrongToken),
        (Some(_), Some(issued)) => issued,
    };
    Span::current().record("request_id", request_id.as_str());
    let signal_id = signal_id(issued, Timestamp::now());
    Ok(gateway.temporal.signal(&request_id, signal_id).await)
}
