//! The files of the callback secrets.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use workflows::callback_token::CallbackSecret;

/// The current one and the one before it, so that tokens in use outlive a rotation.
const MOST_SECRETS: usize = 2;

const OTHERS_ACCESS: u32 = 0o077;

/// One entry of `[[callback.secrets]]`.
#[derive(Deserialize)]
pub(super) struct SecretEntry {
    id: String,
    /// Relative to the configuration file.
    file: PathBuf,
}

/// Reads every secret, or tells the first fault.
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
        let unreadable = |error: std::io::Error| fault(format!("can't be read: {error}"));
        let mut file = File::open(&path).map_err(unreadable)?;
        let mode = file.metadata().map_err(unreadable)?.permissions().mode();
        if mode & OTHERS_ACCESS != 0 {
            let mode = mode & 0o777;
            return Err(fault(format!(
                "others than its owner have access (mode {mode:03o}): chmod 600"
            )));
        }
        let mut secret = Vec::new();
        file.read_to_end(&mut secret).map_err(unreadable)?;
        CallbackSecret::new(&self.id, &secret).map_err(|error| fault(error.to_string()))
    }
}
