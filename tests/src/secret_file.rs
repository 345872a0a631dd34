//! Secrets created for one stack.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::Context;

/// Writes 256 random bits as hexadecimal digits to a new file that only its owner can read.
pub(crate) fn create(path: &Path) -> anyhow::Result<()> {
    create_with_prefix("", path)
}

/// The same, with something in front that says what the secret is for: `whsec_`.
pub(crate) fn create_with_prefix(prefix: &str, path: &Path) -> anyhow::Result<()> {
    let mut random = [0; 32];
    File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut random))
        .context("no random bytes")?;
    let digits: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| write!(file, "{prefix}{digits}"))
        .with_context(|| format!("{} can't be written", path.display()))
}
