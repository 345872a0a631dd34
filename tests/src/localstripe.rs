//! Localstripe: a simulator of Stripe that somebody else wrote, so that not only our own
//! understanding of Stripe is tested.
//!
//! It has no idempotency keys, confirms only without `off_session`, and takes any amount. It is under
//! the GPL, and so only ever runs as a process. [`LocalStripe::install`] puts it into the target
//! folder.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::ensure;
use serde_json::json;
use tempfile::TempDir;

use crate::process::Process;
use crate::programs::target_folder;
use crate::python_package;
use crate::stripe_api::StripeApi;

const NAME: &str = "localstripe";
const VERSION: &str = "1.15.10";

/// Its own command listens on all interfaces and cannot pick a port.
const START: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/localstripe/start.py");

/// A running localstripe without any data. Dropping it kills it.
pub struct LocalStripe {
    // Dropped before its folder.
    _process: Process,
    api: StripeApi,
}

impl LocalStripe {
    /// Whether it is installed; the error says in one line what is missing.
    pub fn check() -> anyhow::Result<()> {
        let installed = installation_folder()?.join(format!("{NAME}-{VERSION}.dist-info"));
        ensure!(
            installed.is_dir(),
            "{NAME} {VERSION} is missing (run `cargo xtask setup`)"
        );
        Ok(())
    }

    /// Installs it into the target folder, if it is not there yet.
    pub async fn install() -> anyhow::Result<()> {
        if LocalStripe::check().is_ok() {
            return Ok(());
        }
        let package = format!("{NAME}=={VERSION}");
        python_package::install(&package, &installation_folder()?).await?;
        LocalStripe::check()
    }

    /// Starts it on a free port.
    pub async fn start() -> anyhow::Result<LocalStripe> {
        LocalStripe::check()?;
        let folder = TempDir::with_prefix("sky-localstripe-")?;
        let logs = folder.path().join("logs");
        fs::create_dir(&logs)?;
        let mut command = Command::new("python3");
        command
            .arg(START)
            .env("PYTHONPATH", installation_folder()?)
            .env("PYTHONDONTWRITEBYTECODE", "1");
        let process = Process::start(NAME, &command, &logs).await?;
        Ok(LocalStripe {
            api: StripeApi::new(process.announced("listening")?, folder)?,
            _process: process,
        })
    }

    /// Its API.
    pub fn api(&self) -> &StripeApi {
        &self.api
    }

    /// Delivers events about payments to this address, signed with this secret.
    pub async fn deliver_events_to(&self, url: &str, secret: &str) -> anyhow::Result<()> {
        let events = ["payment_intent.succeeded", "payment_intent.payment_failed"];
        let endpoint = json!({ "url": url, "secret": secret, "events": events });
        let path = "/_config/webhooks/gateway";
        let simulator = self.api.simulator();
        simulator.tell(reqwest::Method::POST, path, &endpoint).await
    }
}

fn installation_folder() -> anyhow::Result<PathBuf> {
    Ok(target_folder()?.join(NAME))
}

#[cfg(test)]
mod tests;
