//! Where programs are: those of this workspace are next to the running program.

use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

/// The folder that this profile is built into, such as `target/debug`.
pub fn profile_folder() -> anyhow::Result<PathBuf> {
    let this_program = env::current_exe().context("this program's path is unknown")?;
    let folder = parent(&this_program)?;
    // A test binary is one folder deeper.
    if folder.ends_with("deps") {
        Ok(parent(folder)?.to_owned())
    } else {
        Ok(folder.to_owned())
    }
}

/// The folder of all profiles, such as `target`.
pub(crate) fn target_folder() -> anyhow::Result<PathBuf> {
    Ok(parent(&profile_folder()?)?.to_owned())
}

/// An installed program, if it is on the `PATH`.
pub fn installed(name: &str) -> Option<PathBuf> {
    let folders = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&folders)
        .map(|folder| folder.join(name))
        .find(|path| is_program(path))
}

/// Whether it is executable.
pub(crate) fn is_program(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

/// The path of a program of this workspace, which must have been built.
pub fn program(name: &str) -> anyhow::Result<PathBuf> {
    let path = profile_folder()?.join(name);
    if !path.is_file() {
        bail!(
            "{} is not built: run `cargo build --workspace --bins`",
            path.display()
        );
    }
    Ok(path)
}

fn parent(path: &Path) -> anyhow::Result<&Path> {
    path.parent()
        .with_context(|| format!("{} lies in no folder", path.display()))
}
