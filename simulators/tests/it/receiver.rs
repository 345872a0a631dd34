//! A receiver of callbacks: it answers the statuses it was given, then 200.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
use serde_json::Value;
use simulators::server::Server;

#[derive(Clone)]
pub(crate) struct Receiver {
    pub(crate) received: Arc<Mutex<Vec<Value>>>,
    answers: Arc<Mutex<VecDeque<u16>>>,
}

impl Receiver {
    pub(crate) async fn start(answers: &[u16]) -> (Receiver, Server) {
        let receiver = Receiver {
            received: Arc::default(),
            answers: Arc::new(Mutex::new(answers.iter().copied().collect())),
        };
        let router = Router::new()
            .route("/taken", post(take))
            .with_state(receiver.clone());
        let server = Server::start("127.0.0.1:0".parse().unwrap(), router)
            .await
            .unwrap();
        (receiver, server)
    }

    pub(crate) fn count(&self) -> usize {
        self.received.lock().unwrap().len()
    }

    /// Waits for this many callbacks.
    pub(crate) async fn wait_for(&self, count: usize) {
        for _ in 0..800 {
            if self.count() >= count {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("{} callbacks instead of {count}", self.count());
    }
}

async fn take(State(receiver): State<Receiver>, Json(body): Json<Value>) -> StatusCode {
    receiver.received.lock().unwrap().push(body);
    let answer = receiver.answers.lock().unwrap().pop_front().unwrap_or(200);
    StatusCode::from_u16(answer).unwrap()
}
