//! `cargo xtask book`: the documentation as a book in `target/book/html`, in which every link leads somewhere and every
//! diagram can be drawn.

mod diagrams;
mod links;
mod stage;
mod tools;

use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail, ensure};
use harness::profile_folder;

/// The root of this repository.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Builds it, and checks it.
pub(crate) fn book() -> anyhow::Result<()> {
    let profile = profile_folder()?;
    let target = profile.parent().context("the target folder is unknown")?;
    let (folder, html) = (target.join("book"), target.join("book/html"));
    let mdbook = tools::mdbook(target)?;
    stage::stage(Path::new(ROOT), &folder)?;
    tools::mermaid(&folder)?;
    let status = Command::new(mdbook).arg("build").arg(&folder).status();
    let status = status.context("mdBook can't be started")?;
    ensure!(status.success(), "mdBook can't build the book");
    let broken = links::broken(&html)?;
    if !broken.is_empty() {
        bail!(
            "these links of the book lead nowhere:\n{}",
            broken.join("\n")
        );
    }
    diagrams::check(&html)?;
    println!("The book: {}", html.join("index.html").display());
    Ok(())
}
