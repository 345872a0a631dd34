//! Stripe World: another simulator of Stripe that somebody else wrote, and checks against recordings of
//! the real one. It has idempotency keys and right errors, and no webhooks and no faults.
//!
//! It needs Python 3.14. [`StripeWorld::install`] puts it into the target folder.

use std::path::PathBuf;

use anyhow::ensure;

use crate::programs::{installed, target_folder};
use crate::python_package;
use crate::stripe_api::StripeApi;

const NAME: &str = "stripe-world";
const PACKAGE: &str = "seahaven-stripe-world[http]==0.3.0";
const INSTALLED: &str = "seahaven_stripe_world-0.3.0.dist-info";
const PYTHON: &str = "python3.14";

/// Serves it on a free port.
const START: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/stripe_world/start.py");

/// A running Stripe World without any data. Dropping it kills it.
pub struct StripeWorld(StripeApi);

impl StripeWorld {
    /// Installs it into the target folder, if it is not there yet. The error says in one line what
    /// is missing.
    pub async fn install() -> anyhow::Result<()> {
        ensure!(installed(PYTHON).is_some(), "{PYTHON} is missing");
        let folder = installation_folder()?;
        if folder.join(INSTALLED).is_dir() {
            return Ok(());
        }
        python_package::install_for(PYTHON, PACKAGE, &folder).await
    }

    /// Starts it on a free port.
    pub async fn start() -> anyhow::Result<StripeWorld> {
        ensure!(installed(PYTHON).is_some(), "{PYTHON} is missing");
        let packages = installation_folder()?;
        let is_there = packages.join(INSTALLED).is_dir();
        ensure!(is_there, "{PACKAGE} is missing (run `cargo xtask setup`)");
        // Each of its worlds is an account of its own.
        let api = StripeApi::serve(NAME, PYTHON, START, &packages, "/worlds/1");
        Ok(StripeWorld(api.await?))
    }

    /// Its API.
    pub fn api(&self) -> &StripeApi {
        &self.0
    }
}

fn installation_folder() -> anyhow::Result<PathBuf> {
    Ok(target_folder()?.join(NAME))
}
