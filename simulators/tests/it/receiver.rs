//! A receiver of callbacks and events: it answers the statuses it was given, then 200.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use serde_json::Value;
use simulators::server::Server;

#[derive(Clone, Default)]
pub(crate) struct Receiver {
    pub(crate) received: Arc<Mutex<Vec<(HeaderMap, Bytes)>>>,
    answers: Arc<Mutex<VecDeque<u16>>>,
}

impl Receiver {
    pub(crate) async fn start(answers: &[u16]) -> (Receiver, Server) {
        let receiver = Receiver::default();
        receiver.answers.lock().unwrap().extend(answers);
        let router = Router::new()
            .route("/taken", post(take))
            .with_state(receiver.clone());
        let server = Server::start("127.0.0.1:0".parse().unwrap(), router)
            .await
            .unwrap();
        (receiver, server)
    }

    /// What arrived, in the order of its arrival.
    pub(crate) fn bodies(&self) -> Vec<Value> {
        let received = self.received.lock().unwrap();
        let bodies = received.iter();
        bodies
            .map(|(_, body)| serde_json::from_slice(body).unwrap())
            .collect()
    }

    pub(crate) fn count(&self) -> usize {
        self.received.lock().unwrap().len()
    }

    /// Waits until so many have arrived.
    pub(crate) async fn wait_for(&self, count: usize) {
        for _ in 0..800 {
            if self.count() >= count {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("{:?} instead of {count}", self.bodies());
    }
}

async fn take(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> StatusCode {
    receiver.received.lock().unwrap().push((headers, body));
    let answer = receiver.answers.lock().unwrap().pop_front().unwrap_or(200);
    StatusCode::from_u16(answer).unwrap()
}
