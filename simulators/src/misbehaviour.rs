//! How an answer can be damaged. All simulators use these ways, and each adds wrong fields of its
//! own.

use std::{io, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::{StreamExt, stream};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};

use crate::server::Severed;

/// An answer before any fault: a status and a JSON body.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The body.
    pub body: Value,
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        (self.status, axum::Json(self.body)).into_response()
    }
}

/// A way to damage an answer on its way to the client. In JSON, a string: `"reset"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spoiling {
    /// The connection is reset (RST) without an answer.
    Reset,
    /// No answer, on a connection that stays open for ten minutes.
    Silence,
    /// The headers announce the whole body, half of it is sent, then the connection closes.
    HalfAnswer,
    /// Ten megabytes of spaces, then the body.
    HugeBody,
    /// One byte of the body per second.
    Drip,
    /// 200 with half of the JSON, as if it were complete.
    Garbage,
    /// 200 with an HTML page.
    #[serde(rename = "html_200")]
    Html200,
    /// 307 to `/elsewhere`. If a client follows it, the journal shows that.
    Redirect,
}

impl Spoiling {
    /// The damaged answer.
    pub fn apply(self, answer: Answer) -> Response {
        let status = answer.status;
        let body = answer.body.to_string().into_bytes();
        let half = body.len() / 2;
        match self {
            Spoiling::Reset => severed(Duration::ZERO),
            Spoiling::Silence => severed(Duration::from_secs(600)),
            Spoiling::HalfAnswer => half_sent(status, &body),
            Spoiling::HugeBody => json_bytes(status, [vec![b' '; 10_000_000], body].concat()),
            Spoiling::Drip => dripping(status, body),
            Spoiling::Garbage => json_bytes(StatusCode::OK, body[..half].to_vec()),
            Spoiling::Html200 => (StatusCode::OK, axum::response::Html(PAGE)).into_response(),
            Spoiling::Redirect => (
                StatusCode::TEMPORARY_REDIRECT,
                [(header::LOCATION, ELSEWHERE)],
            )
                .into_response(),
        }
    }
}

/// The correct answer, late. In JSON: `{"slow":"20s"}`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slow {
    /// How late.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    pub slow: Duration,
}

/// An answer that replaces the correct one. In JSON:
/// `{"status":503,"retry_after":5,"body":"html"}`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusAnswer {
    /// Any HTTP status. A redirect leads to `/elsewhere`.
    #[serde(serialize_with = "write_status", deserialize_with = "read_status")]
    pub status: StatusCode,
    /// The error's code in a JSON body; by default `simulated`, or `rate_limited` for 429.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The error's message in a JSON body; by default `simulated`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The value of the header `Retry-After`, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
    /// The kind of body.
    #[serde(default)]
    pub body: BodyKind,
}

impl StatusAnswer {
    /// The answer as a response.
    pub fn response(&self) -> Response {
        let default_code = if self.status == StatusCode::TOO_MANY_REQUESTS {
            "rate_limited"
        } else {
            "simulated"
        };
        let code = self.code.as_deref().unwrap_or(default_code);
        let message = self.message.as_deref().unwrap_or("simulated");
        self.response_with(json!({ "code": code, "message": message }))
    }

    /// The answer as a response, with this as its JSON body, if it has one.
    pub(crate) fn response_with(&self, body: Value) -> Response {
        let status = self.status;
        let mut response = match self.body {
            BodyKind::Json => Answer { status, body }.into_response(),
            BodyKind::Html => (status, axum::response::Html(PAGE)).into_response(),
            BodyKind::Empty => status.into_response(),
        };
        if let Some(seconds) = self.retry_after {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, seconds.into());
        }
        if status.is_redirection() {
            response
                .headers_mut()
                .insert(header::LOCATION, HeaderValue::from_static(ELSEWHERE));
        }
        response
    }
}

/// The body of a [`StatusAnswer`].
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyKind {
    /// The API's own error (`docs/api`).
    #[default]
    Json,
    /// An HTML page, as from a proxy in between.
    Html,
    /// No body.
    Empty,
}

/// What the client gets instead of the correct answer. In JSON a string, or an object with a status or a delay.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FaultKind<L> {
    /// Another answer.
    Status(StatusAnswer),
    /// The correct answer, late.
    Slow(Slow),
    /// The correct answer, damaged on its way.
    Spoiling(Spoiling),
    /// The correct answer with a wrong field.
    Lie(L),
}

/// The wrong fields that a simulator can put into its correct answers.
pub trait Lies: Copy {
    /// The answer with the wrong field.
    fn told_in(self, answer: Answer) -> Answer;

    /// An answer that replaces the correct one, in the form of the simulator's errors.
    fn replacement(other: &StatusAnswer) -> Response {
        other.response()
    }
}

impl<L: Lies> FaultKind<L> {
    /// What the client gets instead of this answer.
    pub(crate) async fn spoil(&self, answer: Answer) -> Response {
        match self {
            FaultKind::Status(other) => L::replacement(other),
            FaultKind::Slow(late) => {
                tokio::time::sleep(late.slow).await;
                answer.into_response()
            }
            FaultKind::Spoiling(spoiling) => spoiling.apply(answer),
            FaultKind::Lie(lie) => lie.told_in(answer).into_response(),
        }
    }

    /// Whether the correct answer is needed, so that the call has to be executed.
    pub(crate) fn needs_the_right_answer(&self) -> bool {
        match self {
            FaultKind::Status(_) => false,
            FaultKind::Spoiling(spoiling) => matches!(spoiling, Spoiling::Drip),
            FaultKind::Slow(_) | FaultKind::Lie(_) => true,
        }
    }
}

/// How often something happens by default.
pub(crate) fn once() -> u32 {
    1
}

/// Which of its calls a fault affects: it lets `skip` calls pass, then affects `times` of them, or
/// all if `times` is 0. Each question is about the next call.
pub(crate) fn hits(seen: &mut u32, skip: u32, times: u32) -> bool {
    let nth = *seen;
    *seen = nth.saturating_add(1);
    nth >= skip && (times == 0 || nth - skip < times)
}

fn severed(after: Duration) -> Response {
    let mut response = Response::default();
    response.extensions_mut().insert(Severed { after });
    response
}

fn half_sent(status: StatusCode, body: &[u8]) -> Response {
    let half = Ok(Bytes::copy_from_slice(&body[..body.len() / 2]));
    let broken = stream::once(async {
        // Long enough for the first half to be sent before the connection closes.
        tokio::time::sleep(Duration::from_millis(50)).await;
        Err(io::Error::other("half an answer on purpose"))
    });
    streamed(
        status,
        body.len(),
        Body::from_stream(stream::iter([half]).chain(broken)),
    )
}

fn dripping(status: StatusCode, body: Vec<u8>) -> Response {
    let length = body.len();
    let bytes = stream::iter(body).then(|byte| async move {
        tokio::time::sleep(Duration::from_secs(1)).await;
        Ok::<_, io::Error>(Bytes::copy_from_slice(&[byte]))
    });
    streamed(status, length, Body::from_stream(bytes))
}

fn streamed(status: StatusCode, length: usize, body: Body) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (header::CONTENT_LENGTH, length.to_string()),
    ];
    (status, headers, body).into_response()
}

fn json_bytes(status: StatusCode, body: Vec<u8>) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

fn write_status<S: Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}

fn read_status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<StatusCode, D::Error> {
    StatusCode::from_u16(u16::deserialize(deserializer)?).map_err(serde::de::Error::custom)
}

const ELSEWHERE: &str = "/elsewhere";

const PAGE: &str = "<!doctype html><title>gateway</title><h1>Something went wrong</h1>\n";
