//! `POST /v1/webhooks/stripe/{account}`: one of Stripe's events tells a workflow to ask Stripe now.
//! The path exists only for the accounts in the configuration.
//!
//! Stripe repeats an event for three days after any answer but 2xx. So what is signed and wakes
//! nobody is answered 200: a repeat would change nothing, and an account's events may be about
//! payments that are not ours. The kind of the operation is not compared with the event. All that
//! any event can do is make the workflow with its request id ask, which harms nothing.

pub mod event;
pub mod signature;

use std::sync::Arc;

use axum::extract::{Extension, Request, State};
use jiff::Timestamp;
use tracing::Span;

use crate::answer::Answer;
use crate::callback::take_in;
use crate::configuration::StripeAccount;
use crate::gateway::Gateway;
use crate::peer::Peer;
use event::Event;

/// The longest event, in bytes. An object's metadata alone may have 25 kB.
const LONGEST_EVENT: usize = 64 * 1024;

/// The path of this account's events.
pub(crate) fn path(account: &str) -> String {
    format!("/v1/webhooks/stripe/{account}")
}

/// Something happened at Stripe to a payment or a refund: ask about it now.
#[utoipa::path(
    post,
    path = "/v1/webhooks/stripe/{account}",
    params(
        ("account" = String, Path, description = "The account's name in our configuration."),
        (
            "Stripe-Signature" = String,
            Header,
            description = "`t=` the time of signing, and `v1=` an HMAC-SHA256 over the time and the body.",
        ),
    ),
    request_body(content = Event, description = "At most 64 KiB."),
    responses(Answer),
)]
pub(crate) async fn on_event(
    account: Arc<StripeAccount>,
    State(gateway): State<Arc<Gateway>>,
    Extension(peer): Extension<Peer>,
    request: Request,
) -> Result<Answer, Answer> {
    let (head, body) = take_in(&gateway, peer, request, LONGEST_EVENT).await?;
    signature::verify(&head.headers, &body, &account, Timestamp::now())?;
    let event = Event::parse(&body, account.livemode)?;
    let request_id = event.request_id;
    Span::current().record("request_id", request_id.as_str());
    // One signal for each event, however often it is repeated.
    let signal_id = format!("stripe-{}", event.id);
    Ok(
        match gateway.temporal.signal(&request_id, &signal_id).await {
            Answer::NoSuchWorkflow => Answer::UnknownRequest,
            answer => answer,
        },
    )
}
