//! A real browser for the tests of Temporal's UI: Chromium, controlled by Playwright.
//!
//! Nothing else needs them. Chromium is the system's, if it is installed; only then
//! [`Browser::install`] installs Playwright into the target folder.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use tokio::process::Command;

use crate::programs::{installed, target_folder};
use crate::python_package;

/// The Python package that controls the browser. Its own download of a browser is not used.
const PACKAGE: &str = "playwright==1.65.2";

/// The script: opens a page, waits for texts on it, takes a screenshot.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/browser/look.py");

/// Chromium with Playwright.
pub struct Browser {
    chromium: PathBuf,
    playwright: PathBuf,
}

impl Browser {
    /// Finds both; the error says in one line what is missing.
    pub fn find() -> anyhow::Result<Browser> {
        let chromium = installed("chromium")
            .context("Chromium is missing (Debian: apt-get install chromium)")?;
        let playwright = installation_folder()?;
        ensure!(
            playwright.join("playwright").is_dir(),
            "Playwright is missing (run `cargo xtask setup`)"
        );
        Ok(Browser {
            chromium,
            playwright,
        })
    }

    /// Installs Playwright into the target folder if there is a Chromium for it.
    pub async fn install() -> anyhow::Result<()> {
        if Browser::find().is_ok() || installed("chromium").is_none() {
            return Ok(());
        }
        python_package::install(PACKAGE, &installation_folder()?).await
    }

    /// Opens a page, waits until all of these texts are on it, and takes a screenshot. Returns all
    /// text of the page.
    pub async fn look(&self, url: &str, words: &[&str], picture: &Path) -> anyhow::Result<String> {
        let output = Command::new("python3")
            .arg(SCRIPT)
            .arg(&self.chromium)
            .arg(url)
            .arg(picture)
            .args(words)
            .env("PYTHONPATH", &self.playwright)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .kill_on_drop(true)
            .output()
            .await
            .context("python3 can't be started")?;
        if !output.status.success() {
            bail!("{url}: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

fn installation_folder() -> anyhow::Result<PathBuf> {
    Ok(target_folder()?.join("playwright"))
}
