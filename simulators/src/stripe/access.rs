//! API keys: secret ones (`sk_`) may do everything, restricted ones (`rk_`) what they are for.

use std::{collections::HashMap, fmt, fs, str::FromStr};

use anyhow::{Context, ensure};
use axum::http::{HeaderMap, StatusCode, header};
use serde::Deserialize;

use super::{calls::Call, permission::Permission, refusal::Refusal};

/// An API key. As an option: `FILE` for a secret key, `FILE:PERMISSION,PERMISSION` for a
/// restricted one.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiKey {
    /// `sk_…` or `rk_…`.
    pub key: String,
    /// What a restricted key may do.
    #[serde(default)]
    pub permissions: Vec<Permission>,
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", masked(&self.key), self.permissions)
    }
}

impl FromStr for ApiKey {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<ApiKey> {
        let (file, names) = text.split_once(':').unwrap_or((text, ""));
        let key = fs::read_to_string(file).with_context(|| format!("cannot read {file}"))?;
        let names = names.split(',').filter(|name| !name.is_empty());
        let permissions = names.map(|name| {
            serde_json::from_value(name.into())
                .with_context(|| format!("there is no permission {name}"))
        });
        Ok(ApiKey {
            key: key.trim().to_owned(),
            permissions: permissions.collect::<anyhow::Result<_>>()?,
        })
    }
}

/// The keys of the account.
#[derive(Default)]
pub(super) struct ApiKeys {
    by_key: HashMap<String, Vec<Permission>>,
}

impl ApiKeys {
    pub(super) fn add(&mut self, key: ApiKey) -> anyhow::Result<()> {
        let known = key.key.starts_with("sk_") || key.key.starts_with("rk_");
        ensure!(known, "an API key begins with sk_ or rk_");
        self.by_key.insert(key.key, key.permissions);
        Ok(())
    }

    pub(super) fn remove(&mut self, key: &str) {
        self.by_key.remove(key);
    }

    /// All keys, which must appear nowhere else.
    pub(super) fn all(&self) -> Vec<&str> {
        self.by_key.keys().map(String::as_str).collect()
    }

    /// Nothing if the sent key may make the call.
    pub(super) fn admit(&self, sent: Option<&str>, call: &Call) -> Result<(), Refusal> {
        let sent = sent.ok_or_else(|| {
            unauthorized("You did not provide an API key in the Authorization header.".to_owned())
        })?;
        let permissions = self
            .by_key
            .get(sent)
            .ok_or_else(|| unauthorized(format!("Invalid API Key provided: {}", masked(sent))))?;
        let needed = call.operation.permissions();
        if sent.starts_with("sk_") || needed.iter().any(|one| permissions.contains(one)) {
            return Ok(());
        }
        let message = format!(
            "The provided key '{}' does not have the required permissions for this endpoint. \
             One of these would allow the request: {needed:?}.",
            masked(sent)
        );
        Err(Refusal::new(
            StatusCode::FORBIDDEN,
            "invalid_request_error",
            &message,
        ))
    }
}

/// The key of a request's `Authorization: Bearer`.
pub(super) fn sent_key(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    value.strip_prefix("Bearer ")
}

/// The key as logs may show it: its kind and its last four characters.
pub(super) fn masked(key: &str) -> String {
    let kind: String = key.chars().take(8).collect();
    let end: String = match key.char_indices().rev().nth(3) {
        Some((at, _)) if at >= kind.len() => key[at..].to_owned(),
        _ => String::new(),
    };
    format!("{kind}***{end}")
}

fn unauthorized(message: String) -> Refusal {
    Refusal::new(StatusCode::UNAUTHORIZED, "invalid_request_error", &message)
}
