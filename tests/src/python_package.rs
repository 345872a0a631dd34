//! Programs that are Python packages: installed into the target folder, without root and without
//! changing the user's Python.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use tokio::process::Command;

use crate::programs::target_folder;

/// Installs packages into a folder of this name in the target folder, if they are not there yet, and
/// returns it.
pub async fn python_packages(name: &str, packages: &[&str]) -> anyhow::Result<PathBuf> {
    let folder = target_folder()?.join(name);
    for package in packages {
        let info = package.replace("==", "-") + ".dist-info";
        if !folder.join(info).is_dir() {
            install(package, &folder).await?;
        }
    }
    Ok(folder)
}

/// Installs a package, such as `playwright==1.65.2`, from the index that pip is configured for.
pub(crate) async fn install(package: &str, folder: &Path) -> anyhow::Result<()> {
    install_for("python3", package, folder).await
}

/// The same for one version of Python, such as `python3.14`.
pub(crate) async fn install_for(python: &str, package: &str, folder: &Path) -> anyhow::Result<()> {
    pip_install(python, &[package], folder).await
}

/// Installs all that a `requirements.txt` lists.
pub(crate) async fn install_listed(file: &Path, folder: &Path) -> anyhow::Result<()> {
    let file = file.to_string_lossy();
    pip_install("python3", &["--requirement", &file], folder).await
}

async fn pip_install(python: &str, packages: &[&str], folder: &Path) -> anyhow::Result<()> {
    let installed = Command::new(python)
        .args("-m pip install --quiet --upgrade --disable-pip-version-check".split(' '))
        .arg("--target")
        .arg(folder)
        .args(packages)
        .kill_on_drop(true)
        .output()
        .await;
    let output = match installed {
        Err(error) if error.kind() == ErrorKind::NotFound => bail!("{python} is missing"),
        other => other.with_context(|| format!("{python} can't be started"))?,
    };
    if output.status.success() {
        return Ok(());
    }
    let words = String::from_utf8_lossy(&output.stderr);
    if words.contains("No module named pip") {
        bail!("pip is missing");
    }
    let words = words.trim_end();
    let packages = packages.join(" ");
    bail!(
        "{packages} can't be installed: is PyPI, or the index that pip is configured for, \
         reachable?\n{words}"
    )
}
