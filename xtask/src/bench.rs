//! `cargo xtask bench gateway` and `cargo xtask bench payments`.

use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use anyhow::ensure;
use harness::profile_folder;

use crate::build::cargo;
use crate::setup::temporal_cli;

/// Builds the gateway and its bench in release, then becomes the bench, whose exit code and handling
/// of signals so are this program's.
pub(crate) async fn gateway(arguments: &[String]) -> anyhow::Result<ExitCode> {
    let temporal = temporal_cli().await?;
    let error = cargo()
        .args("bench --package callback-gateway --bench load --".split(' '))
        .args(arguments)
        .env("TEMPORAL_CLI", temporal)
        .exec();
    Err(anyhow::Error::new(error).context("cargo can't be started"))
}

/// What the bench for payments runs. Each program is optimised as a whole, which takes minutes.
const PROGRAMS: [&str; 6] = [
    "sky-worker",
    "sky-callback-gateway",
    "partner-simulator",
    "billing-simulator",
    "payments-bench",
    "plain-floor",
];

/// Builds the programs in release, then becomes the bench.
pub(crate) async fn payments(arguments: &[String]) -> anyhow::Result<ExitCode> {
    let temporal = temporal_cli().await?;
    // All of the workspace: a part of it would have other features, and build everything again.
    let build = "build --release --workspace --exclude xtask";
    let status = tokio::process::Command::from(cargo())
        .args(build.split(' '))
        .args(PROGRAMS.iter().flat_map(|name| ["--bin", name]))
        .kill_on_drop(true)
        .status()
        .await?;
    ensure!(status.success(), "the build failed");
    let programs = profile_folder()?.with_file_name("release");
    let error = Command::new(programs.join("payments-bench"))
        .args(arguments)
        .env("TEMPORAL_CLI", temporal)
        .exec();
    Err(anyhow::Error::new(error).context("the bench can't be started"))
}
