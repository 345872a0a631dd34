//! `POST /v1/on_payment_completed`: the contract's table, from top to bottom.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use jiff::Timestamp;
use serde_json::json;
use tokio::time::{Instant, timeout};
use tracing::info;
use workflows::callback_token::{CallbackSecret, IssuedToken, QUERY_PARAMETER, verify};
use workflows::ids::RequestId;
use workflows::json_object::JsonObject;

use crate::peers::Peers;
use crate::refusal::Refusal;
use crate::signal_id::signal_id;
use crate::temporal::{Signalled, Temporal};

/// The path that the partner calls.
pub const PATH: &str = "/v1/on_payment_completed";

/// The largest body, in bytes.
const LARGEST_BODY: usize = 4 * 1024;

/// What a request is held against.
pub struct Gateway {
    /// Who calls, and how often they may.
    pub peers: Arc<Peers>,
    /// The secrets whose tokens are good.
    pub secrets: Vec<CallbackSecret>,
    /// Where the signals go.
    pub temporal: Arc<Temporal>,
    /// In how much time the whole body must be there.
    pub body_timeout: Duration,
}

/// Answers a callback.
pub async fn on_payment_completed(
    State(gateway): State<Arc<Gateway>>,
    ConnectInfo(socket): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let begun = Instant::now();
    let mut caller = None;
    let answer = gateway.take(socket, request, &mut caller).await;
    let (reason, response) = match answer {
        Ok(Signalled::Stored) => ("stored", taken()),
        Ok(Signalled::Closed) => ("closed", taken()),
        Err(refusal) => (refusal.reason(), refusal.into_response()),
    };
    metrics::counter!("sky_gateway_callbacks_total", "answer" => reason).increment(1);
    metrics::histogram!("sky_gateway_callback_duration_seconds").record(begun.elapsed());
    // The request is named only once its token was good: before, anybody may have written it.
    let request_id = caller.as_ref().map(RequestId::as_str);
    info!(
        answer = reason,
        status = response.status().as_u16(),
        request_id,
        "callback"
    );
    response
}

impl Gateway {
    async fn take(
        &self,
        socket: SocketAddr,
        request: Request,
        caller: &mut Option<RequestId>,
    ) -> Result<Signalled, Refusal> {
        if request.method() != Method::POST {
            return Err(Refusal::Method);
        }
        if !self.peers.may_request(socket, request.headers()) {
            return Err(Refusal::TooMany);
        }
        if !is_plain_json(request.headers()) {
            return Err(Refusal::MediaType);
        }
        let (parts, body) = request.into_parts();
        let body = self.read(&parts.headers, body).await?;
        let request_id = request_id(&body).ok_or(Refusal::Malformed)?;
        let token = self
            .check(parts.uri.query(), &request_id)
            .ok_or(Refusal::Token)?;
        let request_id = caller.insert(request_id);
        self.temporal
            .signal(request_id, &signal_id(token, Timestamp::now()))
            .await
    }

    async fn read(&self, headers: &HeaderMap, body: Body) -> Result<Vec<u8>, Refusal> {
        let length = headers
            .get(header::CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok());
        if length.is_some_and(|length| length.parse().is_ok_and(|n: u64| n > LARGEST_BODY as u64)) {
            return Err(Refusal::TooLarge);
        }
        let whole = Limited::new(body, LARGEST_BODY).collect();
        match timeout(self.body_timeout, whole).await {
            Ok(Ok(whole)) => Ok(whole.to_bytes().to_vec()),
            Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Refusal::TooLarge),
            Ok(Err(_)) => Err(Refusal::Malformed),
            Err(_) => Err(Refusal::Slow),
        }
    }

    /// Finds the one token in the query and checks it.
    fn check(&self, query: Option<&str>, request_id: &RequestId) -> Option<IssuedToken> {
        let parameters = query?.split('&').filter_map(|pair| pair.split_once('='));
        let mut tokens = parameters.filter(|(name, _)| *name == QUERY_PARAMETER);
        match (tokens.next(), tokens.next()) {
            (Some((_, token)), None) => verify(&self.secrets, token, request_id),
            _ => None,
        }
    }
}

fn taken() -> Response {
    Json(json!({})).into_response()
}

/// JSON in UTF-8, said once and not encoded.
fn is_plain_json(headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(kind), None) = (types.next(), types.next()) else {
        return false;
    };
    let kind = kind.to_str().unwrap_or_default().to_ascii_lowercase();
    let mut parts = kind.split(';').map(str::trim);
    let json = parts.next() == Some("application/json");
    let utf8 = parts.all(|part| matches!(part, "charset=utf-8" | "charset=\"utf-8\""));
    json && utf8 && !headers.contains_key(header::CONTENT_ENCODING)
}

fn request_id(body: &[u8]) -> Option<RequestId> {
    let id = JsonObject::parse(body).ok()?.required("request_id").ok()?;
    RequestId::parse(&id).ok()
}
