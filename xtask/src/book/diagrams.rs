//! Whether Mermaid can draw the diagrams, asked of Chromium where it is installed.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};
use harness::installed;

/// How a diagram stands in a page, before a browser draws it.
const SOURCE: &str = "class=\"language-mermaid";

/// What Mermaid writes into each drawing: its kind, or that it is an error.
const DRAWN: &str = "aria-roledescription=\"";
const ERROR: &str = "aria-roledescription=\"error\"";

/// Opens each page that has diagrams.
pub(super) fn check(html: &Path) -> anyhow::Result<()> {
    let mermaid = html
        .parent()
        .context("the book lies in no folder")?
        .join("mermaid.min.js");
    let has_mermaid = fs::metadata(mermaid)?.len() > 0;
    let (true, Some(chromium)) = (has_mermaid, installed("chromium")) else {
        println!(
            "MISSING: Chromium or Mermaid, so nobody has looked whether the diagrams can be drawn"
        );
        return Ok(());
    };
    for entry in fs::read_dir(html.join("docs"))? {
        let page = entry?.path();
        if page.extension().is_none_or(|it| it != "html") {
            continue;
        }
        let diagrams = fs::read_to_string(&page)?.matches(SOURCE).count();
        if diagrams == 0 {
            continue;
        }
        // Its clock runs ahead until nothing is left to do, so this waits for the drawing and no longer.
        let output = Command::new(&chromium)
            .args(
                "--headless --no-sandbox --disable-gpu --virtual-time-budget=20000 --dump-dom"
                    .split(' '),
            )
            .arg(format!("file://{}", page.display()))
            .output()
            .context("Chromium can't be started")?;
        let shown = String::from_utf8_lossy(&output.stdout);
        let drawn = shown.matches(DRAWN).count();
        let page = page.display();
        ensure!(!shown.contains(ERROR), "{page} has a diagram with an error");
        ensure!(
            drawn == diagrams,
            "{page} has {diagrams} diagrams, and {drawn} are drawn"
        );
    }
    Ok(())
}
