//! The files of the callback secrets.

use std::path::{Path, PathBuf};

use callback_token::CallbackSecret;
use serde::Deserialize;

/// The current secret and the one before it, so that tokens in use survive a rotation.
const MOST_SECRETS: usize = 2;

/// One entry of `[[callback.secrets]]`.
#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct SecretEntry {
    /// Its name in the tokens: 1 to 16 of `A-Z a-z 0-9 _ -`.
    id: String,
    /// At least 32 bytes that nobody can guess. Mode 0600.
    file: PathBuf,
}

/// Reads every secret, or reports the first error.
pub(super) fn load(entries: &[SecretEntry], folder: &Path) -> Result<Vec<CallbackSecret>, String> {
    if !(1..=MOST_SECRETS).contains(&entries.len()) {
        return Err(format!(
            "callback.secrets: there must be 1 or 2 of them, not {}: give each a \
             [[callback.secrets]] with id and file",
            entries.len()
        ));
    }
    let mut secrets: Vec<CallbackSecret> = Vec::new();
    for entry in entries {
        if secrets.iter().any(|secret| secret.id() == entry.id) {
            return Err(format!(
                "callback.secrets: two have the id {:?}: give each its own",
                entry.id
            ));
        }
        secrets.push(entry.read(folder)?);
    }
    Ok(secrets)
}

impl SecretEntry {
    fn read(&self, folder: &Path) -> Result<CallbackSecret, String> {
        let path = folder.join(&self.file);
        let fault = |fault: String| {
            format!(
                "callback.secrets, id {:?}, file {}: {fault}",
                self.id,
                path.display()
            )
        };
        let secret = secret_file::read(&path).map_err(fault)?;
        CallbackSecret::new(&self.id, &secret).map_err(|error| fault(error.to_string()))
    }
}
