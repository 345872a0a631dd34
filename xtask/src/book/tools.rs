//! What makes the book: mdBook from crates.io and Mermaid from npm, both kept in the target folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};
use harness::installed;

use crate::build::cargo;

const MDBOOK: &str = "0.5.4";
const MERMAID: &str = "12.3.0";

/// Installs mdBook, unless it is there. Without optimisation: that takes a minute less, and the book a second more.
pub(super) fn mdbook(target: &Path) -> anyhow::Result<PathBuf> {
    let folder = target.join(format!("mdbook-{MDBOOK}"));
    let program = folder.join("bin/mdbook");
    if !program.is_file() {
        println!("Installing mdBook {MDBOOK} into the target folder: some minutes, once");
        let options =
            "install mdbook --locked --quiet --debug --no-default-features --features search";
        let status = cargo()
            .args(options.split(' '))
            .args(["--version", MDBOOK, "--root"])
            .arg(&folder)
            .status()
            .context("cargo can't be started")?;
        ensure!(
            status.success(),
            "mdBook can't be installed: is crates.io reachable?"
        );
    }
    Ok(program)
}

/// Puts Mermaid into the book's folder. Where npm is missing the diagrams stay text.
pub(super) fn mermaid(folder: &Path) -> anyhow::Result<()> {
    let script = folder.join("mermaid.min.js");
    let package = folder.join(format!("mermaid-{MERMAID}.tgz"));
    if installed("npm").is_none() {
        println!("MISSING: npm, so the book shows its diagrams as text");
        return Ok(fs::write(script, "")?);
    }
    if !package.is_file() {
        let status = Command::new("npm")
            .args(["pack", "--silent", "--pack-destination"])
            .arg(folder)
            .arg(format!("mermaid@{MERMAID}"))
            .status()
            .context("npm can't be started")?;
        ensure!(
            status.success(),
            "npm can't fetch Mermaid: is its registry reachable?"
        );
    }
    let status = Command::new("tar")
        .args(["--extract", "--strip-components=2", "--file"])
        .arg(&package)
        .arg("--directory")
        .arg(folder)
        .arg("package/dist/mermaid.min.js")
        .status()
        .context("tar can't be started")?;
    ensure!(
        status.success(),
        "{} has no mermaid.min.js",
        package.display()
    );
    Ok(())
}
