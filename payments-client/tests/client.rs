//! The client against a real Temporal server, and the real workflows with
//! stubs in place of the partner and billing.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "client/again.rs"]
mod again;
#[path = "client/fake.rs"]
mod fake;
#[path = "client/following.rs"]
mod following;
#[path = "client/places.rs"]
mod places;
#[path = "client/server.rs"]
mod server;
#[path = "client/starting.rs"]
mod starting;
#[path = "client/stubs.rs"]
mod stubs;

use payments_client::Error;
use workflows::contract::ids::RequestId;

use stubs::request;

fn id(request_id: &str) -> RequestId {
    RequestId::parse(request_id).unwrap()
}

/// Temporal's list lags behind.
async fn eventually<T>(mut look: impl AsyncFnMut() -> Result<Vec<T>, Error>) -> Vec<T> {
    for _ in 0..300 {
        let found = look().await.unwrap();
        if !found.is_empty() {
            return found;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("nothing was found");
}
