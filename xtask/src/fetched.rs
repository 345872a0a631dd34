//! Tools that are fetched into the target folder.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};

/// Fetches these packages from PyPI into a folder of their own, unless they are there.
pub(crate) fn from_pypi(folder: &Path, packages: &[&str]) -> anyhow::Result<()> {
    let mut pip = Command::new("python3");
    pip.args("-m pip install --quiet --disable-pip-version-check".split(' '))
        .args(["--root-user-action=ignore", "--target"])
        .arg(folder)
        .args(packages);
    once(folder, &packages.join("\n"), pip)
}

/// Fetches this package from npm into a folder of its own, unless it is there.
pub(crate) fn from_npm(folder: &Path, package: &str) -> anyhow::Result<()> {
    let mut npm = Command::new("npm");
    npm.args("install --silent --no-fund --no-audit --prefix".split(' '))
        .arg(folder)
        .arg(package);
    once(folder, package, npm)
}

/// Fills a folder once for each list of versions.
fn once(folder: &Path, versions: &str, mut install: Command) -> anyhow::Result<()> {
    let ready = folder.join("ready");
    if fs::read_to_string(&ready).is_ok_and(|there| there == versions) {
        return Ok(());
    }
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    let shown = versions.replace('\n', ", ");
    println!("Fetching {shown} into the target folder");
    let status = install.status();
    let status = status.with_context(|| format!("{shown} can't be fetched"))?;
    ensure!(status.success(), "{shown} can't be fetched");
    Ok(fs::write(ready, versions)?)
}
