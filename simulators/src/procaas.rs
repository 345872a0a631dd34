//! procaas, for saved cards: each is accepted once per idempotency key.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Context;
use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post, put},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    bearer::{Options, Token, refused},
    misbehaviour::{Answer, Spoiling},
    server::Server,
    strict_json,
};

/// Starts procaas in this process.
pub async fn start(options: Options) -> anyhow::Result<Server> {
    let listen = options.listen;
    let procaas = Procaas {
        books: Mutex::default(),
        token: Token::in_file(options.token_file)?,
    };
    let router = Router::new()
        .route("/v1/saved-cards", post(take))
        .route("/sim/saved-cards", get(saved_cards))
        .route("/sim/trouble", put(put_trouble))
        .with_state(Arc::new(procaas));
    Server::start(listen, router)
        .await
        .with_context(|| format!("cannot listen on {listen}"))
}

/// One procaas, shared by all requests.
#[derive(Debug)]
struct Procaas {
    books: Mutex<Books>,
    token: Token,
}

#[derive(Debug, Default)]
struct Books {
    taken: Vec<Taken>,
    trouble: Trouble,
}

/// A saved card, as it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedCard {
    order_id: String,
    card_binding_id: String,
    masked_pan: String,
    expires_at: Option<String>,
}

/// A saved card on record.
#[derive(Clone, Debug, Serialize)]
struct Taken {
    at: Timestamp,
    idempotency_key: String,
    #[serde(flatten)]
    card: SavedCard,
    /// How often it was sent again after it was accepted.
    repeats: u64,
}

/// What goes wrong from now on.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Trouble {
    /// Nothing is accepted: every call is answered 503.
    down: bool,
    /// This many of the next calls are accepted, and then the connection is reset.
    lost_answers: u32,
}

async fn take(State(procaas): State<Arc<Procaas>>, headers: HeaderMap, body: Bytes) -> Response {
    let (card, key) = match read(&procaas, &headers, &body) {
        Ok(told) => told,
        Err(refusal) => {
            tracing::info!(status = refusal.status.as_u16(), "refused");
            return refusal.into_response();
        }
    };
    let mut books = procaas.books();
    let answer = books.record(card, key);
    tracing::info!(status = answer.status.as_u16(), "answered");
    match books.trouble.lost_answers.checked_sub(1) {
        Some(rest) => {
            books.trouble.lost_answers = rest;
            Spoiling::Reset.apply(answer)
        }
        None => answer.into_response(),
    }
}

fn read(
    procaas: &Procaas,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(SavedCard, String), Answer> {
    if procaas.books().trouble.down {
        return Err(refused(StatusCode::SERVICE_UNAVAILABLE, "down"));
    }
    procaas.token.admit(headers)?;
    let key = headers
        .get("idempotency-key")
        .and_then(|key| key.to_str().ok());
    let key = key.ok_or_else(|| refused(StatusCode::BAD_REQUEST, "there is no idempotency key"))?;
    let card =
        strict_json::parse(body).map_err(|error| refused(StatusCode::BAD_REQUEST, &error))?;
    Ok((card, key.to_owned()))
}

async fn saved_cards(State(procaas): State<Arc<Procaas>>) -> Json<Value> {
    Json(json!(procaas.books().taken))
}

/// Replaces all faults.
async fn put_trouble(
    State(procaas): State<Arc<Procaas>>,
    Json(trouble): Json<Trouble>,
) -> StatusCode {
    procaas.books().trouble = trouble;
    StatusCode::NO_CONTENT
}

impl Books {
    fn record(&mut self, card: SavedCard, idempotency_key: String) -> Answer {
        let known = self
            .taken
            .iter_mut()
            .find(|taken| taken.idempotency_key == idempotency_key);
        match known {
            Some(taken) if taken.card != card => {
                return refused(StatusCode::CONFLICT, "the key was used with another body");
            }
            Some(taken) => taken.repeats += 1,
            None => self.taken.push(Taken {
                at: Timestamp::now(),
                idempotency_key,
                card,
                repeats: 0,
            }),
        }
        Answer {
            status: StatusCode::OK,
            body: json!({}),
        }
    }
}

impl Procaas {
    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
