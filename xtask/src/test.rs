//! `cargo xtask test`.

use std::os::unix::process::CommandExt;
use std::process::ExitCode;

use harness::network;

use crate::build::{build_programs, cargo};
use crate::setup::{browser, has_nextest, temporal_cli};

/// Builds the programs that the scenarios start, then becomes the test runner, so that its exit
/// code and its handling of signals are this program's.
pub(crate) async fn test(arguments: &[String]) -> anyhow::Result<ExitCode> {
    let temporal = temporal_cli().await?;
    if let Err(missing) = browser().await {
        println!("Temporal's UI is not tested: {missing:#}");
    }
    if let Err(missing) = network::check() {
        println!("The tests that lose packets are not run: {missing:#}");
    }
    build_programs().await?;
    let runner: &[&str] = if has_nextest() {
        &["nextest", "run"]
    } else {
        &["test"]
    };
    let error = cargo()
        .args(runner)
        .arg("--workspace")
        .args(arguments)
        .env("TEMPORAL_CLI", temporal)
        .exec();
    Err(anyhow::Error::new(error).context("cargo can't be started"))
}
