//! The configuration file. Every error is reported in one message that names the file, the field
//! and the fix, before a port is bound.

mod duration;
mod identity;
#[cfg(test)]
mod reference;
mod secrets;
mod settings;
mod webhooks;

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use callback_token::CallbackSecret;
use serde::Deserialize;
use temporal_connection::{Misconfigured, Settings};
use workflows::contract::ids::TASK_QUEUE;

pub use identity::{Identity, IdentityFiles};
pub use settings::GatewaySettings;
pub use webhooks::{StripeAccount, StripeSecret};

use secrets::SecretEntry;
use webhooks::WebhooksTable;

/// The whole configuration except how to reach Temporal: see [`temporal_from_environment`].
pub struct Configuration {
    /// The table `[gateway]`.
    pub settings: GatewaySettings,
    /// The secrets with which tokens may have been issued.
    pub secrets: Vec<CallbackSecret>,
    /// The TLS certificate, if the public port uses TLS.
    pub identity: Option<Identity>,
    /// The task queue of the worker that hands saved cards over, if they are accepted at all.
    pub saved_cards_queue: Option<String>,
    /// The accounts at Stripe whose events are taken.
    pub stripe: Vec<Arc<StripeAccount>>,
}

/// Why the gateway can't start with this configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigurationError {
    /// Something is wrong with the file or with a file it names.
    #[error("{}: {fault}", .file.display())]
    File {
        /// The configuration file.
        file: PathBuf,
        /// The field and the fix.
        fault: String,
    },
    /// Something is wrong with a variable named `TEMPORAL_*` or with a file it names.
    #[error(transparent)]
    Temporal(#[from] Misconfigured),
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct File {
    #[serde(default)]
    gateway: GatewaySettings,
    #[serde(default)]
    callback: CallbackTable,
    #[serde(default)]
    saved_cards: SavedCardsTable,
    #[serde(default)]
    webhooks: WebhooksTable,
}

#[derive(Deserialize)]
struct OnlyGateway {
    #[serde(default)]
    gateway: GatewaySettings,
}

#[derive(Deserialize)]
#[serde(default)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct SavedCardsTable {
    /// Whether `/v1/on_card_saved` is served; otherwise it is answered 404.
    enabled: bool,
    /// The task queue that the worker polls.
    task_queue: String,
}

impl Default for SavedCardsTable {
    fn default() -> SavedCardsTable {
        SavedCardsTable {
            enabled: false,
            task_queue: TASK_QUEUE.to_owned(),
        }
    }
}

#[derive(Deserialize, Default)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct CallbackTable {
    /// The secrets with which tokens may have been issued, one or two: [rotating
    /// them](#rotating-the-callback-secret).
    #[serde(default)]
    secrets: Vec<SecretEntry>,
}

impl Configuration {
    /// Only the private port's address of the file: no secret is read.
    pub fn private_listen(file: &Path) -> Result<SocketAddr, ConfigurationError> {
        let fault = |fault: String| ConfigurationError::File {
            file: file.to_owned(),
            fault,
        };
        let text =
            fs::read_to_string(file).map_err(|error| fault(format!("can't be read: {error}")))?;
        let read: OnlyGateway = toml::from_str(&text).map_err(|error| fault(error.to_string()))?;
        Ok(read.gateway.private_listen)
    }

    /// Reads the file and the secrets that it names.
    pub fn load(file: &Path) -> Result<Configuration, ConfigurationError> {
        read(file).map_err(|fault| ConfigurationError::File {
            file: file.to_owned(),
            fault,
        })
    }
}

/// How to reach Temporal, from the variables that all its tools use. Histories name the identity as
/// the sender of a signal.
pub fn temporal_from_environment() -> Result<Settings, ConfigurationError> {
    let host = gethostname::gethostname();
    let identity = format!("callback-gateway@{}", host.to_string_lossy());
    Ok(temporal_connection::from_environment(Some(identity))?)
}

fn read(path: &Path) -> Result<Configuration, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("can't be read: {error}"))?;
    let file: File = strict_toml::parse(&text)?;
    file.gateway.must_fit_together()?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut settings = file.gateway;
    settings.tls = settings.tls.map(|files| files.within(folder));
    Ok(Configuration {
        secrets: secrets::load(&file.callback.secrets, folder)?,
        identity: settings.tls.as_ref().map(IdentityFiles::load).transpose()?,
        settings,
        saved_cards_queue: file.saved_cards.queue()?,
        stripe: file.webhooks.read(folder)?,
    })
}

impl SavedCardsTable {
    /// None if they are not accepted.
    fn queue(self) -> Result<Option<String>, String> {
        let SavedCardsTable {
            enabled,
            task_queue,
        } = self;
        if task_queue.trim().is_empty() || task_queue.len() > 1000 {
            return Err(
                "saved_cards.task_queue must be the worker's task queue: 1 to 1000 characters"
                    .to_owned(),
            );
        }
        Ok(enabled.then_some(task_queue))
    }
}
