//! The HTTP client for all that goes out: verified TLS, no redirects, no repeats, bounded answers.

mod span;
pub(crate) mod timed_body;

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::header::{DATE, RETRY_AFTER};
use reqwest::{Certificate, Client, Request, RequestBuilder, redirect, retry};

/// The largest answer that is read, in bytes. The contracts' answers have a few hundred.
const LARGEST_ANSWER: usize = 64 * 1024;

/// An answer, read to its end.
pub(crate) struct HttpAnswer {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<Duration>,
    /// The sender's time, where it told it.
    pub(crate) date: Option<Timestamp>,
    pub(crate) body: Vec<u8>,
}

/// Why there is no answer. In either case the text holds no address, header or body.
#[derive(Debug)]
pub(crate) enum NoAnswer {
    /// The connection was never made: not a byte of the request left.
    NotConnected(String),
    /// The body was not sent, since its last moment had passed; so the request did nothing.
    Withheld(String),
    /// The request was sent, or part of it.
    Broken(String),
}

/// Makes the client. Each repeat of a request is the workflow's decision, so the client has none
/// of its own; proxies from the environment are not used, since only configured hosts are called.
pub(crate) fn client(ca_file: Option<&[u8]>) -> Result<Client, String> {
    temporalio_common::telemetry::ensure_default_crypto_provider();
    let mut builder = Client::builder()
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .no_proxy()
        .http1_only()
        .referer(false)
        .user_agent(concat!(
            "sky-technologies-integration/",
            env!("CARGO_PKG_VERSION")
        ));
    if let Some(pem) = ca_file {
        let certificates = Certificate::from_pem_bundle(pem).map_err(|error| error.to_string())?;
        builder = builder.tls_certs_merge(certificates);
    }
    builder.build().map_err(|error| error.to_string())
}

/// Sends a request and reads the whole answer, both within `timeout`. It is a span of the payment's
/// trace, which nobody outside is told of.
pub(crate) async fn send(
    request: RequestBuilder,
    timeout: Duration,
) -> Result<HttpAnswer, NoAnswer> {
    let (client, request) = request.timeout(timeout).build_split();
    let request = request.map_err(no_answer)?;
    let span = span::begin(&request);
    let answer = exchange(&client, request).await;
    span::end(span, &answer);
    answer
}

async fn exchange(client: &Client, request: Request) -> Result<HttpAnswer, NoAnswer> {
    let mut response = client.execute(request).await.map_err(no_answer)?;
    let header = |name| response.headers().get(name)?.to_str().ok();
    let retry_after = header(RETRY_AFTER).and_then(|seconds| seconds.parse().ok());
    let retry_after = retry_after.map(Duration::from_secs);
    let date = header(DATE).and_then(|date| rfc2822::parse(date).ok());
    let date = date.map(|date| date.timestamp());
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
        status: response.status().as_u16(),
        retry_after,
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

fn no_answer(error: reqwest::Error) -> NoAnswer {
    // reqwest's own text holds the address; its classes are enough.
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
