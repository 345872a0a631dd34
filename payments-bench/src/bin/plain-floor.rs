//! Serves the plain floor, with the system's allocator as a program has it by default.

use payments_bench::Floor;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    payments_bench::serve(Floor::Plain).await
}
