//! Signing keys: the two that a stack starts with, and more.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::{Stack, configuration};
use crate::programs::program;

impl Stack {
    /// Creates one more key, which the partner does not know yet.
    pub async fn make_key(&self, purpose: &str, key_id: &str) -> anyhow::Result<()> {
        make_key(self.folder(), purpose, key_id)
    }

    /// Gives a key's public half to the partner.
    pub async fn tell_partner_of_key(&self, purpose: &str, key_id: &str) -> anyhow::Result<()> {
        let key = self.public_key(purpose, key_id)?;
        self.partner.add_key(&key).await
    }

    /// Removes a key at the partner.
    pub async fn partner_forgets_key(&self, purpose: &str, key_id: &str) -> anyhow::Result<()> {
        let key = self.public_key(purpose, key_id)?;
        self.partner.remove_key(&key).await
    }

    /// Creates one more key and gives its public half to the partner.
    pub async fn new_key(&self, purpose: &str, key_id: &str) -> anyhow::Result<()> {
        self.make_key(purpose, key_id).await?;
        self.tell_partner_of_key(purpose, key_id).await
    }

    /// A key of ours as the partner has it.
    fn public_key(&self, purpose: &str, key_id: &str) -> anyhow::Result<Value> {
        let file = format!("{}/{key_id}.pub.pem", configuration::KEYS);
        Ok(json!({
            "merchant_id": configuration::MERCHANT_ID, "key_id": key_id,
            "purpose": purpose.to_uppercase(),
            "public_key_pem": fs::read_to_string(self.folder().join(file))?,
        }))
    }
}

pub(super) fn make_key(folder: &Path, purpose: &str, key_id: &str) -> anyhow::Result<()> {
    let output = Command::new(program("sky-worker")?)
        .current_dir(folder)
        .args(["new-keys", "--dir", configuration::KEYS])
        .args(["--purpose", purpose, "--key-id", key_id])
        .output()
        .context("sky-worker can't be started")?;
    let words = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "sky-worker made no key {key_id}: {words}"
    );
    Ok(())
}
