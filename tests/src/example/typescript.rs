//! The packages and the compiler of the example in TypeScript.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use anyhow::ensure;
use tokio::sync::Mutex;

use crate::process::run;
use crate::temporal_server::TemporalServer;

/// Installs what its lock file lists.
pub(super) async fn install(source: &Path, folder: &Path) -> anyhow::Result<()> {
    for file in ["package.json", "package-lock.json"] {
        fs::copy(source.join(file), folder.join(file))?;
    }
    npm("ci --engine-strict --no-fund --no-audit", folder).await
}

/// Compiles it in this folder, unless that was done before.
pub(super) async fn compile(source: &Path, installed: &Path, folder: &Path) -> anyhow::Result<()> {
    static COMPILING: Mutex<()> = Mutex::const_new(());
    let _compiling = COMPILING.lock().await;
    if folder.is_dir() {
        return Ok(());
    }
    fs::create_dir(folder)?;
    for file in ["package.json", "tsconfig.json", "payment.ts"] {
        fs::copy(source.join(file), folder.join(file))?;
    }
    symlink(installed.join("node_modules"), folder.join("node_modules"))?;
    fs::write(folder.join(SETTINGS), "[profile.default]\n")?;
    npm("run build", folder).await
}

/// The compiled program.
pub(super) fn command(temporal: &TemporalServer, folder: &Path) -> Command {
    let mut node = temporal.program_command(Path::new("node"));
    node.arg(folder.join("payment.js"))
        .env("TEMPORAL_CONFIG_FILE", folder.join(SETTINGS));
    node
}

/// Its client fails on an empty file of settings, which the other programs get.
const SETTINGS: &str = "temporal.toml";

async fn npm(arguments: &str, folder: &Path) -> anyhow::Result<()> {
    let mut npm = Command::new("npm");
    npm.args(arguments.split(' ')).current_dir(folder);
    let output = run(npm).await?;
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    ensure!(output.status.success(), "npm {arguments} failed: {said}");
    Ok(())
}
