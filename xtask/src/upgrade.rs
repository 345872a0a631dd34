//! `cargo xtask upgrade`.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, ensure};
use harness::profile_folder;

use crate::build::cargo;
use crate::test::become_runner;

/// Builds the worker of an earlier commit, then becomes the test runner of the upgrades, which get
/// that worker as their earlier build.
pub(crate) async fn upgrade(commit: &str) -> anyhow::Result<ExitCode> {
    let folder = profile_folder()?.with_file_name("earlier");
    let source = folder.join("source");
    check_out(commit, &source).await?;
    let mut build = cargo();
    build
        .args("build --locked --package worker --bin sky-worker".split(' '))
        .current_dir(&source)
        .env("CARGO_TARGET_DIR", &folder);
    let built = succeeds(build).await;
    succeeds(remove(&source))
        .await
        .context("the checkout stays")?;
    built.with_context(|| format!("the worker of {commit} can't be built"))?;
    let worker = folder.join("debug").join("sky-worker");
    become_runner(
        &["upgrades::".to_owned()],
        &[("SKY_EARLIER_WORKER", &worker)],
    )
    .await
}

async fn check_out(commit: &str, source: &Path) -> anyhow::Result<()> {
    if source.is_dir() {
        // It was interrupted.
        succeeds(remove(source)).await?;
    }
    let mut add = git();
    add.args(["worktree", "add", "--quiet", "--detach"]);
    add.arg(source).arg(commit);
    succeeds(add)
        .await
        .with_context(|| format!("{commit} can't be checked out"))
}

fn remove(source: &Path) -> std::process::Command {
    let mut remove = git();
    remove.args(["worktree", "remove", "--force"]).arg(source);
    remove
}

fn git() -> std::process::Command {
    std::process::Command::new("git")
}

async fn succeeds(command: std::process::Command) -> anyhow::Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let mut command = tokio::process::Command::from(command);
    let status = command.kill_on_drop(true).status().await;
    let status = status.with_context(|| format!("{name} can't be started"))?;
    ensure!(status.success(), "{name} ended with {status}");
    Ok(())
}
