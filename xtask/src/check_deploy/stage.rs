//! A copy of the folder `deploy`, in which a check may write and break what it likes.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

use super::tools::{Tools, target};
use super::verdict::{Verdict, ask};

pub(super) const DEPLOY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy");

/// What compose's own `prepare` makes, and must not be copied from a user's folder.
const MADE: [&str; 2] = ["secrets", ".env"];

pub(super) struct Stage<'a> {
    pub(super) tools: &'a Tools,
    pub(super) deploy: PathBuf,
}

impl Stage<'_> {
    /// A new copy in the place of the last one.
    pub(super) fn set(tools: &Tools) -> anyhow::Result<Stage<'_>> {
        let folder = target().join("deploy-check");
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        let deploy = folder.join("deploy");
        copy(Path::new(DEPLOY), &deploy)?;
        Ok(Stage { tools, deploy })
    }

    /// The keys, secrets and certificates that compose's `prepare` makes.
    pub(super) fn secrets(&self) -> anyhow::Result<PathBuf> {
        let compose = self.deploy.join("compose");
        match ask(Command::new(compose.join("prepare")).current_dir(&compose))? {
            Verdict::Accepted => Ok(compose.join("secrets")),
            Verdict::Refused(why) => bail!("deploy/compose/prepare: {why}"),
        }
    }

    /// Rewrites a file of the copy.
    pub(super) fn rewrite(
        &self,
        file: &str,
        change: impl Fn(String) -> String,
    ) -> anyhow::Result<PathBuf> {
        let path = self.deploy.join(file);
        let text = fs::read_to_string(&path).with_context(|| file.to_owned())?;
        fs::write(&path, change(text))?;
        Ok(path)
    }
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        if MADE.iter().any(|made| name == *made) {
            continue;
        }
        let (from, to) = (entry.path(), to.join(name));
        if entry.file_type()?.is_dir() {
            copy(&from, &to)?;
        } else {
            let mode = fs::metadata(&from)?.permissions().mode();
            fs::copy(&from, &to)?;
            fs::set_permissions(&to, fs::Permissions::from_mode(mode | 0o200))?;
        }
    }
    Ok(())
}
