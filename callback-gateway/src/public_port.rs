//! The public port: its routes, and what every request goes through before and after them.

use std::any::Any;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Extension, MatchedPath, Request, State};
use axum::http::HeaderName;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use tokio::time::timeout;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::request_id::{MakeRequestId, MakeRequestUuid};
use tracing::{Instrument, field, info, info_span};
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::Answer;
use crate::callback::{card_saved, must_be_unambiguous, payment_completed};
use crate::configuration::GatewaySettings;
use crate::document::{Preamble, Webhooks};
use crate::gateway::Gateway;
use crate::metrics;
use crate::peer::{Peer, Socket, asking_address, is_allowed};
use crate::webhook;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The public port, and the document that describes it. [`crate::server`] adds the peer's address
/// to requests.
pub fn router(gateway: Arc<Gateway>) -> (Router, OpenApi) {
    let mut routes = OpenApiRouter::with_openapi(Preamble::openapi())
        .routes(routes!(payment_completed::on_payment_completed));
    if gateway.saved_cards_queue.is_some() {
        routes = routes.routes(routes!(card_saved::on_card_saved));
    }
    if !gateway.stripe.is_empty() {
        routes = routes.merge(OpenApiRouter::with_openapi(Webhooks::openapi()));
    }
    for account in &gateway.stripe {
        // A path for each, so that others are 404 whatever the method is.
        let (path, account) = (webhook::path(&account.name), account.clone());
        metrics::route_begins(route_of(&path));
        let on_event = |gateway, peer, request| webhook::on_event(account, gateway, peer, request);
        routes = routes.route(&path, post(on_event));
    }
    let (routes, document) = routes.split_for_parts();
    let router = routes
        .method_not_allowed_fallback(async || Answer::MethodNotAllowed)
        .fallback(async || Answer::NotFound)
        .layer(CatchPanicLayer::custom(broken))
        .layer(from_fn_with_state(gateway.clone(), receive))
        .with_state(gateway);
    (router, document)
}

/// A panic is a bug, and the next callback is still answered.
fn broken(_: Box<dyn Any + Send>) -> Response {
    Answer::Broken.into_response()
}

/// Receives one request under an id of its own, by which the partner can ask us about it. Counts
/// and logs the answer. Neither the target nor the body is logged: the target contains the token,
/// and the body could come from anybody until the token was checked.
async fn receive(
    State(gateway): State<Arc<Gateway>>,
    Extension(socket): Extension<Socket>,
    route: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let id = MakeRequestUuid.make_request_id(&request);
    let id = id.map(|id| id.into_header_value());
    let http_request_id = id.as_ref().and_then(|id| id.to_str().ok());
    let peer = asking_address(socket, request.headers(), &gateway.settings.trusted_proxies);
    let span = info_span!(
        "callback",
        http_request_id,
        %peer,
        request_id = field::Empty,
        saved_card = field::Empty
    );
    async {
        let mut response = admit(&gateway.settings, peer, request, next).await;
        if let Some(id) = &id {
            response.headers_mut().insert(REQUEST_ID, id.clone());
        }
        count_and_log(route.as_ref(), &response, started.elapsed());
        response
    }
    .instrument(span)
    .await
}

/// Passes a request to its route if its sender is allowed and it is unambiguous, and limits how
/// long it takes. The network is checked first: a stranger behind our proxy does not even learn
/// which paths exist.
async fn admit(
    settings: &GatewaySettings,
    peer: IpAddr,
    mut request: Request,
    next: Next,
) -> Response {
    if !is_allowed(peer, settings.allowed_networks.as_deref()) {
        return Answer::NetworkNotAllowed.into_response();
    }
    if let Err(refusal) = must_be_unambiguous(&request) {
        return refusal.into_response();
    }
    request.extensions_mut().insert(Peer::of(peer));
    match timeout(settings.request_timeout, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Answer::TemporalUnavailable.into_response(),
    }
}

/// A route's name in the metrics.
fn route_of(path: &str) -> &str {
    path.trim_start_matches("/v1/")
}

fn count_and_log(route: Option<&MatchedPath>, response: &Response, took: Duration) {
    let answer = response.extensions().get().copied();
    let answer = answer.unwrap_or(Answer::Broken);
    // A path without a route is the peer's invention, so it is neither counted nor logged.
    let route = route.map_or("none", |path| route_of(path.as_str()));
    metrics::answered(route, answer, took);
    let status = answer.status().as_u16();
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let reason = answer.reason();
    info!(status, reason, milliseconds, "answered");
}
