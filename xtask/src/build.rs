//! Builds the programs that the other commands run.

use std::process::Command;

use anyhow::{Context, ensure};

/// Builds every program but this one, which is running.
pub(crate) async fn build_programs() -> anyhow::Result<()> {
    build("--bins").await
}

/// The same, and all tests. The tests need more features of some dependencies, so these are built once more; what runs
/// tests does not need them without.
pub(crate) async fn build_with_tests() -> anyhow::Result<()> {
    build("--all-targets").await
}

async fn build(targets: &str) -> anyhow::Result<()> {
    let status = tokio::process::Command::from(cargo())
        .args(["build", "--workspace", "--exclude", "xtask", targets])
        .kill_on_drop(true)
        .status()
        .await
        .context("cargo can't be started")?;
    ensure!(status.success(), "the build failed");
    Ok(())
}

/// Cargo as from a shell, without what a running `cargo xtask` tells of its own package: build
/// scripts of dependencies (ring's) watch those variables, and each change between this program
/// and plain cargo would build half of everything again.
pub(crate) fn cargo() -> Command {
    let mut cargo = Command::new("cargo");
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            cargo.env_remove(&name);
        }
    }
    cargo
}
