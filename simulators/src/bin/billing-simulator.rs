//! Billing as a process of its own. See the crate's README for its options.

use simulators::{billing, server::run};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let about = "Simulates billing over HTTP, with faults on request.";
    run(about, billing::start).await
}
