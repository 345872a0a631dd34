//! The partner as a process of its own. See the crate's README for its options.

use simulators::{partner, server::run};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let about = "Simulates the partner's payment API over HTTP, with faults on request.";
    run(about, partner::start).await
}
