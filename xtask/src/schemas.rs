//! `cargo xtask schemas`.

use std::os::unix::process::CommandExt;
use std::process::ExitCode;

use crate::build::cargo;

/// Writes the JSON Schemas of the contract and the reference of the settings, or with `check` compares
/// them. It becomes the tests that do so: building a crate with this program's own features would
/// build Temporal's SDK once more.
pub(crate) fn schemas(check: bool) -> anyhow::Result<ExitCode> {
    let mut cargo = cargo();
    cargo.args(
        "test --quiet --workspace --bin sky-worker --lib --test scenarios -- schemas:: reference::"
            .split(' '),
    );
    if !check {
        cargo.env("SKY_RECORD", "1");
    }
    Err(anyhow::Error::new(cargo.exec()).context("cargo can't be started"))
}
