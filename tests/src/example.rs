//! The programs in the folder `examples`, which call the system from other languages than Rust.
//!
//! They have the same verbs and print the same lines. What they need from PyPI and npm is installed
//! into the target folder by [`Example::install`].

mod printed;
mod typescript;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};

pub use printed::Printed;

use crate::process::run;
use crate::programs::{installed, target_folder};
use crate::python_package;
use crate::stack::Stack;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples");

/// One of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Example {
    /// With `temporalio` from PyPI.
    Python,
    /// With `@temporalio/client` from npm.
    TypeScript,
    /// With the `temporal` command.
    Temporal,
    /// With curl, over Temporal's HTTP API.
    Curl,
}

impl Example {
    /// All of them.
    pub const ALL: [Example; 4] = [
        Example::Python,
        Example::TypeScript,
        Example::Temporal,
        Example::Curl,
    ];

    /// Whether it can run; the error says in one line what is missing.
    pub fn check(self) -> anyhow::Result<()> {
        match self {
            Example::Python | Example::TypeScript => {
                let ready = fs::read_to_string(self.installation_folder()?.join(READY));
                let is_ready = ready.is_ok_and(|it| self.versions().is_ok_and(|now| now == it));
                ensure!(
                    is_ready,
                    "its packages are missing (run `cargo xtask setup`)"
                );
            }
            Example::Temporal => needs("jq")?,
            Example::Curl => {
                needs("curl")?;
                needs("jq")?;
            }
        }
        Ok(())
    }

    /// Installs its packages into the target folder, if they are not there yet.
    pub async fn install(self) -> anyhow::Result<()> {
        if self.check().is_ok() {
            return Ok(());
        }
        let folder = self.installation_folder()?;
        fs::create_dir_all(&folder)?;
        match self {
            Example::Python => {
                let list = self.source().join("requirements.txt");
                python_package::install_listed(&list, &folder).await?;
            }
            Example::TypeScript => {
                needs("node")?;
                needs("npm")?;
                typescript::install(&self.source(), &folder).await?;
            }
            Example::Temporal | Example::Curl => return self.check(),
        }
        Ok(fs::write(folder.join(READY), self.versions()?)?)
    }

    /// Runs it with these arguments, such as `["state", "ride-7-extra-1"]`, whatever its exit code.
    pub async fn run(self, stack: &Stack, arguments: &[&str]) -> anyhow::Result<Printed> {
        let temporal = stack.temporal();
        let mut command = match self {
            Example::Python => {
                let mut python = temporal.program_command(Path::new("python3"));
                python
                    .arg(self.source().join("payment.py"))
                    .env("PYTHONPATH", self.installation_folder()?);
                python
            }
            Example::TypeScript => {
                let folder = stack.folder().join("example");
                typescript::compile(&self.source(), &self.installation_folder()?, &folder).await?;
                typescript::command(temporal, &folder)
            }
            Example::Temporal | Example::Curl => {
                temporal.program_command(&self.source().join("payment.sh"))
            }
        };
        let cli = temporal.cli_path().parent().map(Path::to_owned);
        let path = env::var_os("PATH").unwrap_or_default();
        let path = env::join_paths(cli.into_iter().chain(env::split_paths(&path)))?;
        command.args(arguments).env("PATH", path);
        if let Some(url) = temporal.http_url() {
            command.env("TEMPORAL_HTTP", url);
        }
        Printed::by(&run(command).await?)
    }

    /// What was asked for when it was installed.
    fn versions(self) -> anyhow::Result<String> {
        let list = match self {
            Example::Python => "requirements.txt",
            _ => "package-lock.json",
        };
        Ok(fs::read_to_string(self.source().join(list))?)
    }

    fn installation_folder(self) -> anyhow::Result<PathBuf> {
        Ok(target_folder()?.join("examples").join(self.folder()))
    }

    fn source(self) -> PathBuf {
        Path::new(FOLDER).join(self.folder())
    }

    fn folder(self) -> &'static str {
        match self {
            Example::Python => "python",
            Example::TypeScript => "typescript",
            Example::Temporal => "temporal",
            Example::Curl => "curl",
        }
    }
}

/// Written when an installation is complete, with what was installed.
const READY: &str = "ready";

fn needs(program: &str) -> anyhow::Result<()> {
    installed(program).with_context(|| format!("{program} is missing"))?;
    Ok(())
}
