//! The built `sky-payments` against a real Temporal server, and the real workflows with stubs in
//! place of the partner and billing.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "operator/command_line.rs"]
mod command_line;
#[path = "operator/ends.rs"]
mod ends;
#[path = "operator/life.rs"]
mod life;
#[path = "operator/many.rs"]
mod many;
#[path = "operator/mistakes.rs"]
mod mistakes;
#[path = "operator/proposals.rs"]
mod proposals;
#[path = "../../payments-client/tests/client/server.rs"]
mod server;
#[path = "operator/starts.rs"]
mod starts;
#[path = "../../payments-client/tests/client/stubs.rs"]
mod stubs;

use payments_client::{Payments, PaymentsClient};
use serde_json::Value;
use workflows::contract::request::PaymentRequest;

use command_line::{Left, run, run_arguments};
use stubs::request;

async fn start(payments: &PaymentsClient, name: &str, many: usize, order: &str, merchant: &str) {
    for n in 0..many {
        let request = PaymentRequest {
            merchant: Some(merchant.to_owned()),
            ..request(&format!("{name}-{n}"), order)
        };
        payments.start_extra_payment(&request).await.unwrap();
    }
}

/// Temporal's list lags behind.
async fn until_found(address: &str, filter: &str, many: usize) -> Vec<Value> {
    let list = format!("--output json list {filter}");
    let mut found = Vec::new();
    for _ in 0..100 {
        found = run(address, "cli", &list).await.json();
        if found.len() == many {
            return found;
        }
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    }
    panic!("{many} were looked for by {filter}; there are {found:?}");
}

async fn confirmed(address: &str, words: &str, phrase: &str) -> Left {
    let mut arguments: Vec<&str> = words.split_whitespace().collect();
    arguments.extend(["--confirm", phrase]);
    run_arguments(address, "cli", &arguments).await
}
