//! The gateway's configuration: one TOML file, read and checked whole before a port is bound.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ipnet::IpNet;
use jiff::fmt::serde::unsigned_duration::friendly::compact::required as friendly;
use serde::Deserialize;
use workflows::callback_token::CallbackSecret;

/// What the file says, checked.
pub struct Configuration {
    /// Where to listen, and the limits.
    pub gateway: GatewaySection,
    /// Every secret whose tokens are good.
    pub secrets: Vec<CallbackSecret>,
}

/// What is wrong with the configuration: the file, the field, the mend.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {problem}")]
pub struct ConfigurationError {
    file: String,
    problem: String,
}

/// `[gateway]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
pub struct GatewaySection {
    /// The public address.
    pub listen: SocketAddr,
    /// Health and metrics; not for the public.
    pub private_listen: SocketAddr,
    /// Networks of proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// How many connections are open at a time, in all.
    pub max_connections: usize,
    /// How many one peer may have open.
    pub max_connections_per_peer: usize,
    /// How many requests a second one peer may make in the long run.
    pub requests_per_second_per_peer: u32,
    /// How many it may make at once.
    pub burst_per_peer: u32,
    /// In how much time a request's head must be there.
    #[serde(with = "friendly")]
    pub header_timeout: Duration,
    /// In how much time the whole body must be there.
    #[serde(with = "friendly")]
    pub body_timeout: Duration,
    /// In how much time Temporal must have stored the signal.
    #[serde(with = "friendly")]
    pub temporal_timeout: Duration,
    /// How many requests may wait for Temporal at a time.
    pub max_waiting: usize,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    gateway: GatewaySection,
    callback: CallbackSection,
}

#[derive(Deserialize)]
struct CallbackSection {
    secrets: Vec<SecretSection>,
}

#[derive(Deserialize)]
struct SecretSection {
    id: String,
    file: PathBuf,
}

impl Default for GatewaySection {
    fn default() -> GatewaySection {
        GatewaySection {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            private_listen: SocketAddr::from(([127, 0, 0, 1], 9465)),
            trusted_proxies: Vec::new(),
            max_connections: 4000,
            max_connections_per_peer: 1000,
            requests_per_second_per_peer: 200,
            burst_per_peer: 2000,
            header_timeout: Duration::from_secs(5),
            body_timeout: Duration::from_secs(5),
            temporal_timeout: Duration::from_secs(4),
            max_waiting: 1000,
        }
    }
}

impl Configuration {
    /// Reads and checks the file. Paths in it count from its folder.
    pub fn load(path: &Path) -> Result<Configuration, ConfigurationError> {
        let problem = |problem: String| ConfigurationError {
            file: path.display().to_string(),
            problem,
        };
        let text = fs::read_to_string(path)
            .map_err(|error| problem(format!("cannot be read: {error}")))?;
        let file = parse(&text).map_err(problem)?;
        check(&file.gateway).map_err(problem)?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let secrets = secrets(&file.callback.secrets, folder)
            .map_err(|error| problem(format!("callback.secrets: {error}")))?;
        Ok(Configuration {
            gateway: file.gateway,
            secrets,
        })
    }
}

fn parse(text: &str) -> Result<File, String> {
    let mut unknown = Vec::new();
    let deserializer = toml::Deserializer::parse(text).map_err(|error| error.to_string())?;
    let file = serde_ignored::deserialize(deserializer, |path| unknown.push(path.to_string()))
        .map_err(|error: toml::de::Error| error.to_string())?;
    match unknown.is_empty() {
        true => Ok(file),
        false => {
            let unknown = unknown.join(", ");
            Err(format!(
                "unknown settings: {unknown}; see the README for those there are"
            ))
        }
    }
}

fn check(gateway: &GatewaySection) -> Result<(), String> {
    for (name, number) in [
        ("max_connections", gateway.max_connections),
        ("max_connections_per_peer", gateway.max_connections_per_peer),
        ("max_waiting", gateway.max_waiting),
        (
            "requests_per_second_per_peer",
            gateway.requests_per_second_per_peer as usize,
        ),
        ("burst_per_peer", gateway.burst_per_peer as usize),
    ] {
        if number == 0 {
            return Err(format!("gateway.{name}: must be at least 1"));
        }
    }
    for (name, duration) in [
        ("header_timeout", gateway.header_timeout),
        ("body_timeout", gateway.body_timeout),
        ("temporal_timeout", gateway.temporal_timeout),
    ] {
        if duration.is_zero() || duration > Duration::from_secs(60) {
            return Err(format!(
                "gateway.{name}: must be more than 0s and at most 60s"
            ));
        }
    }
    Ok(())
}

fn secrets(sections: &[SecretSection], folder: &Path) -> Result<Vec<CallbackSecret>, String> {
    if sections.is_empty() {
        return Err("must name at least one secret".to_owned());
    }
    let mut secrets: Vec<CallbackSecret> = Vec::new();
    for SecretSection { id, file } in sections {
        let secret = CallbackSecret::new(id, &read_secret(&folder.join(file))?)
            .map_err(|error| error.to_string())?;
        if secrets.iter().any(|other| other.id() == secret.id()) {
            return Err(format!("the id {id:?} is there twice"));
        }
        secrets.push(secret);
    }
    Ok(secrets)
}

fn read_secret(path: &Path) -> Result<Vec<u8>, String> {
    let cannot = |error| format!("cannot read {}: {error}", path.display());
    let mode = fs::metadata(path).map_err(cannot)?.permissions().mode();
    match mode & 0o077 {
        0 => fs::read(path).map_err(cannot),
        _ => {
            let path = path.display();
            Err(format!(
                "{path} may be read by others than its owner; run: chmod 600 {path}"
            ))
        }
    }
}
