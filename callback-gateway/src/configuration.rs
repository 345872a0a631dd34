//! The configuration file. Every error is reported in one message that names the file, the field
//! and the fix, before a port is bound.

mod identity;
mod secrets;
mod settings;
mod text;

use std::fs;
use std::path::{Path, PathBuf};

use callback_token::CallbackSecret;
use serde::Deserialize;
use temporalio_client::envconfig::LoadClientConfigProfileOptions;
use temporalio_client::{ClientOptions, ConnectionOptions};
use workflows::contract::ids::TASK_QUEUE;

pub use identity::{Identity, IdentityFiles};
pub use settings::GatewaySettings;

use secrets::SecretEntry;

/// The whole configuration except how to reach Temporal: see [`temporal_from_environment`].
pub struct Configuration {
    /// The table `[gateway]`.
    pub settings: GatewaySettings,
    /// The secrets with which tokens may have been issued.
    pub secrets: Vec<CallbackSecret>,
    /// The TLS certificate, if the public port uses TLS.
    pub identity: Option<Identity>,
    /// How saved cards are handed over, if they are accepted at all.
    pub saved_cards: Option<SavedCards>,
}

/// How saved cards are handed over.
#[derive(Clone, Debug)]
pub struct SavedCards {
    /// The task queue that the worker polls.
    pub task_queue: String,
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
    #[error("the environment's TEMPORAL_* settings: {0}")]
    Temporal(String),
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    gateway: GatewaySettings,
    #[serde(default)]
    callback: CallbackTable,
    #[serde(default)]
    saved_cards: SavedCardsTable,
}

#[derive(Deserialize)]
#[serde(default)]
struct SavedCardsTable {
    enabled: bool,
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
struct CallbackTable {
    #[serde(default)]
    secrets: Vec<SecretEntry>,
}

impl Configuration {
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
pub fn temporal_from_environment() -> Result<(ConnectionOptions, ClientOptions), ConfigurationError>
{
    let (mut connection, client) =
        ClientOptions::load_from_config(LoadClientConfigProfileOptions::default())
            .map_err(|error| ConfigurationError::Temporal(error.to_string()))?;
    let host = gethostname::gethostname();
    connection.identity = format!("callback-gateway@{}", host.to_string_lossy());
    Ok((connection, client))
}

fn read(path: &Path) -> Result<Configuration, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("can't be read: {error}"))?;
    let toml = toml::Deserializer::parse(&text).map_err(|error| error.to_string())?;
    let mut unknown = Vec::new();
    // The key of an optional table comes with a question mark that no file contains.
    let name = |key: serde_ignored::Path| key.to_string().replace(".?", "");
    let file: File = serde_ignored::deserialize(toml, |key| unknown.push(name(key)))
        .map_err(|error: toml::de::Error| error.to_string())?;
    if let Some(key) = unknown.first() {
        return Err(format!(
            "{key} is no setting: correct its name or take it out"
        ));
    }
    file.gateway.must_fit_together()?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut settings = file.gateway;
    settings.tls = settings.tls.map(|files| files.within(folder));
    Ok(Configuration {
        secrets: secrets::load(&file.callback.secrets, folder)?,
        identity: settings.tls.as_ref().map(IdentityFiles::load).transpose()?,
        settings,
        saved_cards: file.saved_cards.read()?,
    })
}

impl SavedCardsTable {
    fn read(self) -> Result<Option<SavedCards>, String> {
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
        Ok(enabled.then_some(SavedCards { task_queue }))
    }
}
