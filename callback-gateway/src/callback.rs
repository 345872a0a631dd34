//! The two callbacks: the checks of the table in `docs/contract.md`, in its order. The router
//! checks path and method.
//!
//! **All refusals look alike.** A forger must not learn from an answer, or from the time that it
//! takes, how close the forgery was. All refusals have the same (empty) body. Whatever the token
//! looks like, or if there is none, one mac is computed and compared in constant time, and only
//! then a decision is made. Before that nothing secret is looked up, and Temporal is not asked. So
//! the cost of a refusal depends only on what the peer sent, and on nothing secret.

pub mod card_saved;
pub mod head;
pub mod payment_completed;

mod body;
mod media_type;
mod span;

use std::time::Instant;

use axum::body::Bytes;
use axum::extract::Request;
use axum::http::request::Parts;
use callback_token::IssuedToken;
use strict_json::JsonObjectError;

pub(crate) use head::must_be_unambiguous;

use crate::answer::Answer;
use crate::gateway::Gateway;
use crate::peer::Peer;

/// The longest callback, in bytes; it needs about a hundred.
const LONGEST_CALLBACK: usize = 4 * 1024;

/// The table in `docs/contract.md`, from the peer's rate to the token: the first case that applies
/// decides. `parse` reads the body, and `verify` checks the address's token against what was read.
/// If there is no token, a check is made all the same.
async fn check<T>(
    gateway: &Gateway,
    peer: Peer,
    request: Request,
    parse: impl FnOnce(&[u8]) -> Result<T, Answer>,
    verify: impl FnOnce(&str, &T) -> Option<IssuedToken>,
) -> Result<(T, IssuedToken), Answer> {
    let (head, body) = take_in(gateway, peer, request, LONGEST_CALLBACK).await?;
    let callback = parse(&body)?;
    let token = head::only_token(&head.uri);
    match (token, verify(token.unwrap_or(""), &callback)) {
        (None, _) => Err(Answer::NoToken),
        (Some(_), None) => Err(Answer::WrongToken),
        (Some(_), Some(issued)) => Ok((callback, issued)),
    }
}

/// The table from the peer's rate to the body, which may have `longest` bytes.
pub(crate) async fn take_in(
    gateway: &Gateway,
    peer: Peer,
    request: Request,
    longest: usize,
) -> Result<(Parts, Bytes), Answer> {
    gateway
        .rate
        .admit(peer, Instant::now())
        .map_err(Answer::TooManyRequests)?;
    head::must_be_json(request.headers())?;
    let (head, body) = request.into_parts();
    let body = body::read(body, longest, gateway.settings.body_timeout).await?;
    Ok((head, body))
}

impl From<JsonObjectError> for Answer {
    fn from(_: JsonObjectError) -> Answer {
        Answer::Malformed
    }
}
