//! Starts the simulated Stripe with the keys of one account.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use reqwest::Method;
use serde_json::json;
use tempfile::TempDir;

use super::{Stripe, read};
use crate::process::Process;
use crate::programs::program;
use crate::secret_file;
use crate::simulator::Simulator;

impl Stripe {
    /// Starts it on a free port, with a restricted key for payments, one for reversals, and a secret
    /// for webhooks, each in a file of its own.
    pub async fn start() -> anyhow::Result<Stripe> {
        let folder = TempDir::with_prefix("sky-stripe-")?;
        let logs = folder.path().join("logs");
        fs::create_dir(&logs)?;
        let mut command = Command::new(program("stripe-simulator")?);
        command.args(["--listen", "127.0.0.1:0"]);
        for (name, permissions) in [(PAYMENT_KEY, PAYMENTS), (REVERSAL_KEY, REVERSALS)] {
            let file = folder.path().join(name);
            secret_file::create_with_prefix("rk_test_", &file)?;
            let permissions = permissions.join(",");
            let key = format!("{}:{permissions}", file.display());
            command.args(["--key", &key]);
        }
        secret_file::create_with_prefix("whsec_", &folder.path().join(WEBHOOK_SECRET))?;
        let process = Process::start("stripe", &command, &logs).await?;
        Ok(Stripe {
            simulator: Simulator::new(process.announced("listening")?)?,
            _process: process,
            folder,
        })
    }

    /// The file of the restricted key that writes PaymentIntents.
    pub fn payment_key_file(&self) -> PathBuf {
        self.folder.path().join(PAYMENT_KEY)
    }

    /// The file of the restricted key that writes refunds and reads PaymentIntents.
    pub fn reversal_key_file(&self) -> PathBuf {
        self.folder.path().join(REVERSAL_KEY)
    }

    /// The file of the secret that signs events.
    pub fn webhook_secret_file(&self) -> PathBuf {
        self.folder.path().join(WEBHOOK_SECRET)
    }

    /// Creates one more restricted key for payments, which is valid at once.
    pub async fn new_payment_key(&self, name: &str) -> anyhow::Result<PathBuf> {
        self.new_key(name, &PAYMENTS).await
    }

    /// Creates one more restricted key for reversals, which is valid at once.
    pub async fn new_reversal_key(&self, name: &str) -> anyhow::Result<PathBuf> {
        self.new_key(name, &REVERSALS).await
    }

    /// Makes both keys valid again.
    pub async fn restore_keys(&self) -> anyhow::Result<()> {
        self.add_key(&self.payment_key_file(), &PAYMENTS).await?;
        self.add_key(&self.reversal_key_file(), &REVERSALS).await
    }

    async fn new_key(&self, name: &str, permissions: &[&str]) -> anyhow::Result<PathBuf> {
        let file: &Path = &self.folder.path().join(name);
        secret_file::create_with_prefix("rk_test_", file)?;
        self.add_key(file, permissions).await?;
        Ok(file.to_owned())
    }

    async fn add_key(&self, file: &Path, permissions: &[&str]) -> anyhow::Result<()> {
        let key = json!({ "key": read(file)?, "permissions": permissions });
        self.simulator.tell(Method::POST, "/sim/keys", &key).await
    }
}

const PAYMENT_KEY: &str = "stripe-payment-key";
const REVERSAL_KEY: &str = "stripe-reversal-key";
const WEBHOOK_SECRET: &str = "stripe-webhook-secret";

const PAYMENTS: [&str; 2] = ["payment_intent_write", "charge_read"];
const REVERSALS: [&str; 2] = ["charge_write", "payment_intent_read"];
