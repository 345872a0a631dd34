//! Callbacks: they say that asking `paymentStatus` is worthwhile now.

use std::{sync::Arc, time::Duration};

use futures::future::join_all;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};
use url::Url;

use super::{
    journal::Attempt,
    operations::Operation,
    scenario::{Callback, When},
    shared::Partner,
};

/// Sends the callbacks of an operation that has just become final, as its scenario says. Returns
/// when the submission's answer need not wait any more.
pub(super) async fn send(partner: &Arc<Partner>, operation: &Operation, callback: &Callback) {
    if callback.when == When::Never {
        return;
    }
    let delivery = deliver(
        Arc::clone(partner),
        operation.callback_url.clone(),
        callback
            .wrong_request_id
            .clone()
            .unwrap_or_else(|| operation.request_id.to_string()),
        callback.clone(),
    );
    // A task of its own, so that retries continue when the answer does not wait any more.
    let delivered = tokio::spawn(delivery);
    if callback.when == When::BeforeAnswer {
        // Whether it was delivered or not, the answer is sent now.
        let _ = tokio::time::timeout(PATIENCE, delivered).await;
    }
}

/// Sends this many callbacks of an operation at once, now, and returns their answers.
pub(super) async fn send_now(
    partner: &Partner,
    operation: &Operation,
    times: u32,
) -> Vec<Option<u16>> {
    let request_id = operation.request_id.to_string();
    join_all((0..times).map(|_| attempt(partner, &operation.callback_url, &request_id))).await
}

async fn deliver(partner: Arc<Partner>, url: Url, request_id: String, callback: Callback) {
    sleep(callback.delay).await;
    let deliveries = (0..callback.times).map(|_| until_taken(&partner, &url, &request_id));
    if callback.concurrent {
        join_all(deliveries).await;
    } else {
        for delivery in deliveries {
            delivery.await;
        }
    }
}

/// Retries with growing pauses for a day, unless the receiver says 410.
async fn until_taken(partner: &Partner, url: &Url, request_id: &str) {
    let gives_up_at = Instant::now() + Duration::from_secs(24 * 60 * 60);
    let mut pause = Duration::from_secs(1);
    loop {
        match attempt(partner, url, request_id).await {
            Some(200..=299 | 410) => return,
            _ if Instant::now() + pause > gives_up_at => return,
            _ => sleep(pause).await,
        }
        pause *= 2;
    }
}

async fn attempt(partner: &Partner, url: &Url, request_id: &str) -> Option<u16> {
    let at = partner.now();
    let status = post(partner, url, &json!({ "request_id": request_id })).await;
    let mut shown = url.clone();
    shown.set_query(None);
    tracing::info!(request_id, url = %shown, ?status, "callback sent");
    let attempt = Attempt {
        at,
        url: shown.to_string(),
        request_id: request_id.to_owned(),
        status,
    };
    partner.books().callbacks.add(attempt);
    status
}

/// Says once that a card was saved, and returns the answer.
pub(super) async fn card_saved(partner: &Partner, url: &Url, card: &Value) -> Option<u16> {
    let status = post(partner, url, card).await;
    tracing::info!(?status, "told of a saved card");
    status
}

async fn post(partner: &Partner, url: &Url, body: &Value) -> Option<u16> {
    let request = partner.http.post(url.clone()).timeout(PATIENCE);
    let sent = request.json(body).send().await;
    sent.ok().map(|response| response.status().as_u16())
}

/// The longest that one attempt, or an answer that waits for a callback, can take.
const PATIENCE: Duration = Duration::from_secs(5);
