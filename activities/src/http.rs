//! HTTP for all outgoing calls: verified TLS, no redirects, no retries, bounded responses.

mod clients;
mod span;
pub(crate) mod timed_body;

#[cfg(test)]
mod tests;

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use reqwest::{Client, Request, RequestBuilder};
use serde::de::DeserializeOwned;

pub use clients::Clients;
pub(crate) use clients::with_reasons;

/// The largest response that is read, in bytes. Most have a few hundred; the largest are pages of
/// Stripe's lists, whose objects carry what others have written into their metadata.
const LARGEST_ANSWER: usize = 512 * 1024;

/// A response, read to its end.
pub(crate) struct HttpAnswer {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) headers: HeaderMap,
    /// The sender's time, if the response has it.
    pub(crate) date: Option<Timestamp>,
    pub(crate) body: Vec<u8>,
}

/// Why there is no response. The text never contains an address, a header or a body.
#[derive(Debug)]
pub(crate) enum NoAnswer {
    /// The connection was never established: not a byte of the request was sent.
    NotConnected(String),
    /// The request or its body was not sent for a reason of our own, such as that its time had passed. It did
    /// nothing.
    Withheld(String),
    /// The request was sent, or part of it.
    Broken(String),
}

/// Sends a request and reads the whole response, both within the time that its client allows. The
/// call is a span of the payment's trace; the trace context is not sent outside.
pub(crate) async fn send(request: RequestBuilder) -> Result<HttpAnswer, NoAnswer> {
    let (client, request) = request.build_split();
    let request = request.map_err(no_answer)?;
    let span = span::begin(&request);
    let answer = exchange(&client, request).await;
    span::end(span, &answer);
    answer
}

async fn exchange(client: &Client, request: Request) -> Result<HttpAnswer, NoAnswer> {
    let mut response = client.execute(request).await.map_err(no_answer)?;
    let header = |name| response.headers().get(name)?.to_str().ok();
    let retry_after = header(RETRY_AFTER).and_then(delay);
    let date = header(DATE).and_then(|date| rfc2822::parse(date).ok());
    let date = date.map(|date| date.timestamp());
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(no_answer)? {
        if body.len() + chunk.len() > LARGEST_ANSWER {
            return Err(NoAnswer::Broken(format!(
                "an answer over {LARGEST_ANSWER} bytes"
            )));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(HttpAnswer {
        status,
        retry_after,
        headers,
        date,
        body,
    })
}

impl NoAnswer {
    pub(crate) fn into_text(self) -> String {
        match self {
            NoAnswer::NotConnected(text) | NoAnswer::Withheld(text) | NoAnswer::Broken(text) => {
                text
            }
        }
    }
}

/// Parses the JSON object in the body of a response as a `T`. Serde alone would also accept an
/// array of the fields in their order, which neither API uses.
pub(crate) fn object<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    let is_object = body.trim_ascii_start().starts_with(b"{");
    is_object.then(|| serde_json::from_slice(body).ok())?
}

/// A `delay-seconds` of RFC 9110, section 10.2.3: digits only. `docs/api` has no dates there.
fn delay(text: &str) -> Option<Duration> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = digits.then(|| text.parse().ok())??;
    Some(Duration::from_secs(seconds))
}

fn no_answer(error: reqwest::Error) -> NoAnswer {
    // reqwest's own text contains the address; its categories are enough.
    if let Some(reason) = timed_body::too_late_in(&error) {
        NoAnswer::Withheld(reason)
    } else if error.is_connect() {
        let what = if error.is_timeout() {
            "timed out"
        } else {
            "failed"
        };
        NoAnswer::NotConnected(format!("connecting {what}"))
    } else if error.is_timeout() {
        NoAnswer::Broken("no answer in time".to_owned())
    } else if error.is_body() || error.is_decode() {
        NoAnswer::Broken("the answer broke off".to_owned())
    } else {
        NoAnswer::Broken("the connection broke".to_owned())
    }
}
