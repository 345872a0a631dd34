//! A bearer token in a file, read for each call so that it can be rotated without a restart.

use std::path::PathBuf;

use secrecy::SecretString;

/// The path of the token's file.
pub struct TokenFile(PathBuf);

impl TokenFile {
    /// Checks that the file contains a token now. The error says the fix.
    pub fn new(path: PathBuf) -> Result<TokenFile, String> {
        let file = TokenFile(path);
        file.read().map(|_| file)
    }

    /// The token that it contains now.
    pub(crate) fn read(&self) -> Result<SecretString, String> {
        let file = self.0.display();
        let token = secret_file::read(&self.0).map_err(|error| format!("{file}: {error}"))?;
        let token = std::str::from_utf8(token.trim_ascii()).unwrap_or_default();
        let plain = token.bytes().all(|byte| byte.is_ascii_graphic());
        if plain && !token.is_empty() {
            Ok(token.into())
        } else {
            Err(format!(
                "{file} must hold one token in visible ASCII characters"
            ))
        }
    }
}
