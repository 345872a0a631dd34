//! `cargo xtask bench gateway`.

use std::os::unix::process::CommandExt;
use std::process::ExitCode;

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
