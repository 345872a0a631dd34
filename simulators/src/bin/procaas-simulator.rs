//! procaas as a process of its own. See the crate's README for its options.

use simulators::{procaas, server::run};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let about = "Simulates how procaas accepts saved cards over HTTP, with faults on request.";
    run(about, procaas::start).await
}
