//! Localstripe: a simulator of Stripe that somebody else wrote, so that not only our own
//! understanding of Stripe is tested.
//!
//! It has no idempotency keys, confirms only without `off_session`, and takes any amount. It is under
//! the GPL, and so only ever runs as a process. [`LocalStripe::install`] puts it into the target
//! folder.

use std::path::PathBuf;

use anyhow::ensure;
use serde_json::json;

use crate::programs::target_folder;
use crate::python_package;
use crate::stripe_api::StripeApi;

const NAME: &str = "localstripe";
const VERSION: &str = "1.15.10";

/// Its own command listens on all interfaces and cannot pick a port.
const START: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/localstripe/start.py");

/// A running localstripe without any data. Dropping it kills it.
pub struct LocalStripe(StripeApi);

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
        let packages = installation_folder()?;
        let api = StripeApi::serve(NAME, "python3", START, &packages, "");
        Ok(LocalStripe(api.await?))
    }

    /// Its API.
    pub fn api(&self) -> &StripeApi {
        &self.0
    }

    /// Delivers events about payments to this address, signed with this secret.
    pub async fn deliver_events_to(&self, url: &str, secret: &str) -> anyhow::Result<()> {
        let events = ["payment_intent.succeeded", "payment_intent.payment_failed"];
        let endpoint = json!({ "url": url, "secret": secret, "events": events });
        let path = "/_config/webhooks/gateway";
        let simulator = self.0.simulator();
        simulator.tell(reqwest::Method::POST, path, &endpoint).await
    }
}

fn installation_folder() -> anyhow::Result<PathBuf> {
    Ok(target_folder()?.join(NAME))
}

#[cfg(test)]
mod tests;
