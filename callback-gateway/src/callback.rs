//! The two callbacks: the checks of the table in `docs/contract.md`, in its order. The router
//! checks path and method.
//!
//! **Refusals are alike.** A forger must not learn from an answer, or from its time, how close it
//! came. All refusals have the same (empty) body. Whatever the token looks like, or whether there is
//! one, one mac is computed and compared in constant time, and only then is it decided; before that
//! nothing is looked up that an outsider does not know already, and Temporal is not asked. What a
//! refusal costs so depends on what the peer sent itself, and on nothing that is secret.

pub mod card_saved;
pub mod head;
pub mod payment_completed;

mod body;
mod media_type;
mod span;

use std::time::Instant;

use axum::extract::Request;
use callback_token::IssuedToken;
use strict_json::JsonObjectError;

pub(crate) use head::must_be_unambiguous;

use crate::answer::Answer;
use crate::gateway::Gateway;
use crate::peer::Peer;

/// The table in `docs/contract.md` from the peer's rate to the token: the first case that applies
/// answers. What `parse` reads from the body is what `verify` holds the address's token against.
/// Where there is no token, one is checked all the same.
async fn check<T>(
    gateway: &Gateway,
    peer: Peer,
    request: Request,
    parse: impl FnOnce(&[u8]) -> Result<T, Answer>,
    verify: impl FnOnce(&str, &T) -> Option<IssuedToken>,
) -> Result<(T, IssuedToken), Answer> {
    gateway
        .rate
        .admit(peer, Instant::now())
        .map_err(Answer::TooManyRequests)?;
    head::must_be_json(request.headers())?;
    let (head, body) = request.into_parts();
    let body = body::read(body, gateway.settings.body_timeout).await?;
    let callback = parse(&body)?;
    let token = head::only_token(&head.uri);
    match (token, verify(token.unwrap_or(""), &callback)) {
        (None, _) => Err(Answer::NoToken),
        (Some(_), None) => Err(Answer::WrongToken),
        (Some(_), Some(issued)) => Ok((callback, issued)),
    }
}

impl From<JsonObjectError> for Answer {
    fn from(_: JsonObjectError) -> Answer {
        Answer::Malformed
    }
}
