//! Whether an outside system can be reached at all: for `sky-worker doctor`.

use std::time::{Duration, Instant};

use jiff::fmt::rfc2822;
use jiff::{SignedDuration, Timestamp};
use reqwest::header::DATE;
use reqwest::{Client, RequestBuilder};
use serde_json::Value;
use url::Url;

use crate::Clients;
use crate::http::with_reasons;

/// An answer, whatever it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reached {
    /// The HTTP status.
    pub status: u16,
    /// How far the sender's clock is ahead of ours, if the answer has its time.
    pub ahead: Option<SignedDuration>,
    /// Whether the answer has an id of the callback gateway.
    pub has_gateways_id: bool,
}

/// Asks for a page. The error says why there is no answer, with all reasons.
pub async fn get(clients: &Clients, url: &Url, within: Duration) -> Result<Reached, String> {
    send(client(clients, within)?.get(url.clone())).await
}

/// Posts JSON, as the partner's callbacks do.
pub async fn post(
    clients: &Clients,
    url: &Url,
    body: &Value,
    within: Duration,
) -> Result<Reached, String> {
    send(client(clients, within)?.post(url.clone()).json(body)).await
}

fn client(clients: &Clients, within: Duration) -> Result<Client, String> {
    clients.within(within).map_err(|none| none.into_text())
}

async fn send(request: RequestBuilder) -> Result<Reached, String> {
    let asked = Instant::now();
    // The address may hold a token.
    let answer = request.send().await;
    let answer = answer.map_err(|error| with_reasons(&error.without_url()))?;
    let date = answer.headers().get(DATE);
    let theirs = date.and_then(|date| rfc2822::parse(date.to_str().ok()?).ok());
    // It was written between the request and now.
    let middle = Timestamp::now()
        .checked_sub(asked.elapsed() / 2)
        .unwrap_or(Timestamp::MIN);
    Ok(Reached {
        status: answer.status().as_u16(),
        ahead: theirs.map(|theirs| theirs.timestamp().duration_since(middle)),
        has_gateways_id: answer.headers().contains_key("x-request-id"),
    })
}
