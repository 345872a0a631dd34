//! Builds the programs that the demo and the tests run.

use anyhow::{Context, ensure};
use tokio::process::Command;

/// Builds every program but this one, which is running.
pub(crate) async fn build_programs() -> anyhow::Result<()> {
    let status = Command::new("cargo")
        .args("build --workspace --exclude xtask --bins".split(' '))
        .kill_on_drop(true)
        .status()
        .await
        .context("cargo can't be started")?;
    ensure!(status.success(), "the build failed");
    Ok(())
}
