//! `cargo xtask schemas`.

use std::os::unix::process::CommandExt;
use std::process::ExitCode;

use crate::build::cargo;

/// Writes the JSON Schemas of the contract, or with `check` compares them. It becomes the test that
/// does so: building a crate with this program's own features would build Temporal's SDK once more.
pub(crate) fn schemas(check: bool) -> anyhow::Result<ExitCode> {
    let mut cargo = cargo();
    cargo.args("test --quiet --workspace --test scenarios schemas::".split(' '));
    if !check {
        cargo.env("SKY_RECORD", "1");
    }
    Err(anyhow::Error::new(cargo.exec()).context("cargo can't be started"))
}
