//! The tables `[webhooks.stripe.ACCOUNT]`, and the files of their secrets.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
#[cfg(test)]
use workflows::contract::written_duration::WrittenDuration;

use super::duration::duration;

/// The endpoint's secret and the one that it replaces: for a day, Stripe signs with both.
const MOST_SECRETS: usize = 2;

/// A shorter secret can be guessed; Stripe's are longer.
const SHORTEST_SECRET: usize = 32;

const LONGEST_NAME: usize = 64;

/// The table `[webhooks]`.
#[derive(Deserialize, Default)]
#[serde(default)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct WebhooksTable {
    /// The accounts at Stripe whose events are taken: [Stripe's events](#stripes-events). NAME is 1 to
    /// 64 of `A-Z a-z 0-9 _ -`.
    stripe: BTreeMap<String, StripeTable>,
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct StripeTable {
    /// The signing secrets of the account's endpoint at Stripe, one or two; events signed with either
    /// are accepted.
    #[serde(default)]
    secrets: Vec<SecretFile>,
    /// How long ago an event may have been signed, in whole seconds; Stripe signs each repeat anew.
    #[serde(default = "five_minutes", deserialize_with = "duration")]
    #[cfg_attr(test, schemars(with = "WrittenDuration"))]
    tolerance: Duration,
    /// `true` takes only events of live mode, `false` only those of test mode; by default both are
    /// taken.
    livemode: Option<bool>,
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct SecretFile {
    /// The whole secret, `whsec_` included. Mode 0600.
    file: PathBuf,
}

/// An account at Stripe whose events are taken.
#[derive(Debug)]
pub struct StripeAccount {
    /// Its name, the last part of its path.
    pub name: String,
    /// The secrets of its endpoint, one or two.
    pub secrets: Vec<StripeSecret>,
    /// How long ago an event may have been signed, in whole seconds.
    pub tolerance: Duration,
    /// Whether only events of live mode are taken, or only those of test mode. Otherwise all are.
    pub livemode: Option<bool>,
}

/// A secret with which Stripe signs events.
#[derive(PartialEq, Eq)]
pub struct StripeSecret(Vec<u8>);

impl WebhooksTable {
    /// Reads every secret, or reports the first error.
    pub(super) fn read(self, folder: &Path) -> Result<Vec<Arc<StripeAccount>>, String> {
        let accounts = self.stripe.into_iter();
        accounts
            .map(|(name, table)| table.read(&name, folder).map(Arc::new))
            .collect()
    }
}

impl StripeTable {
    fn read(self, name: &str, folder: &Path) -> Result<StripeAccount, String> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if !(1..=LONGEST_NAME).contains(&name.len()) || !name.bytes().all(allowed) {
            return Err(format!(
                "webhooks.stripe.{name:?}: the name is a part of the path, so it must be 1 to \
                 {LONGEST_NAME} of A-Z, a-z, 0-9, _ and -"
            ));
        }
        if !(1..=MOST_SECRETS).contains(&self.secrets.len()) {
            return Err(format!(
                "webhooks.stripe.{name}.secrets: there must be 1 or 2 of them, not {}: write \
                 secrets = [{{ file = \"...\" }}]",
                self.secrets.len()
            ));
        }
        if self.tolerance < Duration::from_secs(1) {
            return Err(format!(
                "webhooks.stripe.{name}.tolerance: must be at least 1s"
            ));
        }
        let mut secrets: Vec<StripeSecret> = Vec::new();
        for SecretFile { file } in &self.secrets {
            let path = folder.join(file);
            let fault = |fault: String| {
                let path = path.display();
                format!("webhooks.stripe.{name}.secrets, file {path}: {fault}")
            };
            let secret = secret_file::read(&path).map_err(fault)?;
            let secret = StripeSecret::new(&secret).map_err(fault)?;
            if secrets.contains(&secret) {
                return Err(fault(
                    "holds the same secret as the file before it: take one of them out".to_owned(),
                ));
            }
            secrets.push(secret);
        }
        Ok(StripeAccount {
            name: name.to_owned(),
            secrets,
            tolerance: self.tolerance,
            livemode: self.livemode,
        })
    }
}

impl StripeSecret {
    /// The content of a secret's file, `whsec_` included. Line ends at its end are no part of it.
    pub fn new(secret: &[u8]) -> Result<StripeSecret, String> {
        let secret = secret.trim_ascii_end();
        match secret.len() {
            0 => Err("is empty: anybody could sign with that".to_owned()),
            1..SHORTEST_SECRET => Err(format!(
                "must be at least {SHORTEST_SECRET} bytes long: copy the endpoint's whole signing \
                 secret, whsec_ included"
            )),
            _ => Ok(StripeSecret(secret.to_vec())),
        }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for StripeSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StripeSecret(***)")
    }
}

fn five_minutes() -> Duration {
    Duration::from_secs(300)
}
