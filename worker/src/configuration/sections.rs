//! The small tables of the file.

use std::path::PathBuf;

use serde::Deserialize;

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct CallbackSection {
    /// The gateway's public address, including the path `/v1/on_payment_completed`.
    pub(super) url: String,
    /// Other origins that a request may name for its callback, `https://host:port`.
    #[serde(default)]
    pub(super) allowed_origins: Vec<String>,
    /// One or two secrets, as the gateway has them: the first signs the tokens in callback addresses.
    pub(super) secrets: Vec<SecretSection>,
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct SecretSection {
    /// Its name in the tokens: 1 to 16 of `A-Z a-z 0-9 _ -`.
    pub(super) id: String,
    /// At least 32 bytes that nobody can guess. Mode 0600.
    pub(super) file: PathBuf,
}

/// Who may close an operation by hand.
#[derive(Default, Deserialize)]
#[serde(default)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ResolutionSection {
    /// Whether closing an operation by hand takes a second operator's approval.
    pub(super) two_operators: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct HttpSection {
    /// Certificate authorities in addition to the system's, PEM.
    pub(super) ca_file: Option<PathBuf>,
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct BillingSection {
    /// Billing's API: https, or http on loopback.
    pub(super) url: String,
    /// Its bearer token; read again for each call, so that it can be rotated. Mode 0600.
    pub(super) token_file: PathBuf,
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct SavedCardsSection {
    /// Where procaas accepts saved cards: https, or http on loopback.
    pub(super) url: String,
    /// Its bearer token; read again for each call. Mode 0600.
    pub(super) token_file: PathBuf,
}
