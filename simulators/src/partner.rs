//! The partner: its API according to `docs/api/partner.yaml`, with orders and a ledger behind it,
//! and scenarios that say what goes wrong.
//!
//! From the outside inwards: `api` has the API's calls, `control` and `records` those under `/sim`;
//! `answers` are the correct answers, `submission` the life of an operation, `books` what is
//! remembered; [`Scenario`] and [`Fault`] say what happens instead.

use std::sync::Arc;

use anyhow::Context;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::DATE;
use axum::middleware::map_response_with_state;
use axum::response::Response;
use jiff::fmt::rfc2822::DateTimePrinter;

use crate::server::Server;

mod answers;
mod api;
mod books;
mod callbacks;
mod control;
mod fault;
mod journal;
mod keys;
mod messages;
mod operations;
mod options;
mod orders;
mod presets;
mod records;
mod refusal;
mod scenario;
mod sessions;
mod shared;
mod signature;
mod submission;

pub use fault::{Call, Fault, FaultKind, Lie};
pub use keys::MerchantKey;
pub use messages::OperationType;
pub use options::Options;
pub use scenario::{Callback, Scenario, SecondSubmission, When};

use shared::Partner;

/// Starts a partner in this process.
pub async fn start(options: Options) -> anyhow::Result<Server> {
    let listen = options.listen;
    let partner = Arc::new(Partner::new(options)?);
    let router = api::routes()
        .merge(control::routes())
        .merge(records::routes())
        .with_state(Arc::clone(&partner))
        .layer(map_response_with_state(partner, dated));
    Server::start(listen, router)
        .await
        .with_context(|| format!("cannot listen on {listen}"))
}

/// The answer with the time of the partner's own clock.
async fn dated(State(partner): State<Arc<Partner>>, mut answer: Response) -> Response {
    let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&partner.now());
    if let Some(date) = date.ok().and_then(|date| HeaderValue::from_str(&date).ok()) {
        answer.headers_mut().insert(DATE, date);
    }
    answer
}
