//! `POST /v1/on_payment_completed`: the checks of the contract's table, in its order.

mod body;
mod head;

use std::any::Any;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Extension, Request, State};
use axum::http::{HeaderName, Method};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use tokio::time::timeout;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::request_id::{MakeRequestId, MakeRequestUuid};
use tracing::{Instrument, Span, field, info, info_span};
use workflows::callback_token::{CallbackSecret, verify};

use crate::answer::Answer;
use crate::configuration::{Configuration, GatewaySettings};
use crate::measures;
use crate::peer::{Peer, Socket, asking_address};
use crate::rate::Rate;
use crate::signal_id::signal_id;
use crate::temporal::Temporal;

const PATH: &str = "/v1/on_payment_completed";
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What it takes to answer callbacks.
pub struct Gateway {
    settings: GatewaySettings,
    secrets: Vec<CallbackSecret>,
    rate: Rate,
    temporal: Arc<Temporal>,
}

impl Gateway {
    /// A gateway that hands its signals to `temporal`.
    pub fn new(configuration: Configuration, temporal: Arc<Temporal>) -> Gateway {
        let Configuration { settings, secrets } = configuration;
        let rate = Rate::new(
            settings.requests_per_second_per_peer,
            settings.burst_per_peer,
        );
        Gateway {
            settings,
            secrets,
            rate,
            temporal,
        }
    }
}

/// The public port. [`crate::server::serve`] tells it who asks.
pub fn router(gateway: Arc<Gateway>) -> Router {
    Router::new()
        .fallback(respond)
        .with_state(gateway)
        .layer(CatchPanicLayer::custom(broken))
}

/// A panic is a defect, and the next callback is answered all the same.
fn broken(_: Box<dyn Any + Send>) -> Response {
    measures::answered(Answer::Broken, Duration::ZERO);
    Answer::Broken.into_response()
}

/// Answers one request under an id of its own, by which the partner can ask us about it.
async fn respond(
    State(gateway): State<Arc<Gateway>>,
    Extension(socket): Extension<Socket>,
    request: Request,
) -> Response {
    let id = MakeRequestUuid.make_request_id(&request);
    let id = id.map(|id| id.into_header_value());
    let http_request_id = id.as_ref().and_then(|id| id.to_str().ok());
    let peer = asking_address(socket, request.headers(), &gateway.settings.trusted_proxies);
    let span = info_span!("callback", http_request_id, %peer, request_id = field::Empty);
    let answer = answer(&gateway, Peer::of(peer), request).instrument(span);
    let mut response = answer.await.into_response();
    if let Some(id) = id {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// Checks one request, counts it and tells the log. The target and the body stay out of both: the
/// token is in the one, and the other is anybody's until the token was checked.
async fn answer(gateway: &Gateway, peer: Peer, request: Request) -> Answer {
    let started = Instant::now();
    let checked = check(gateway, peer, request);
    let answer = match timeout(gateway.settings.request_timeout, checked).await {
        Ok(Ok(answer) | Err(answer)) => answer,
        Err(_) => Answer::TemporalUnavailable,
    };
    let took = started.elapsed();
    measures::answered(answer, took);
    let status = answer.status().as_u16();
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    info!(answer = answer.word(), status, milliseconds, "answered");
    answer
}

/// The contract's table from its top to its end: the first case that applies answers.
async fn check(gateway: &Gateway, peer: Peer, request: Request) -> Result<Answer, Answer> {
    head::must_be_unambiguous(&request)?;
    if request.uri().path() != PATH {
        return Err(Answer::NotFound);
    }
    if request.method() != Method::POST {
        return Err(Answer::MethodNotAllowed);
    }
    gateway
        .rate
        .admit(peer, Instant::now())
        .map_err(Answer::TooManyRequests)?;
    head::must_be_json(request.headers())?;
    let (head, body) = request.into_parts();
    let body = body::read(body, gateway.settings.body_timeout).await?;
    let request_id = body::request_id(&body)?;
    let token = head::only_token(&head.uri)
        .and_then(|token| verify(&gateway.secrets, token, &request_id))
        .ok_or(Answer::Forbidden)?;
    Span::current().record("request_id", request_id.as_str());
    let signal_id = signal_id(token, Timestamp::now());
    Ok(gateway.temporal.signal(&request_id, signal_id).await)
}
