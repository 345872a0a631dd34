//! Stripe as a process of its own. See the crate's README for its options.

use simulators::{server::run, stripe};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let about = "Simulates the part of Stripe's API v1 that charges saved cards and refunds, with \
                 faults on request.";
    run(about, stripe::start).await
}
