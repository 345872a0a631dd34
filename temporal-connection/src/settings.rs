//! What the variables `TEMPORAL_*` and the profile in `temporal.toml` say.

use std::collections::HashMap;
use std::env;
use std::net::IpAddr;
use std::time::Duration;

use temporalio_client::envconfig::{ConfigError, LoadClientConfigProfileOptions};
use temporalio_client::{ClientOptions, ConnectionOptions, GrpcCompression, Url};
use temporalio_common::envconfig::load_client_config_profile;

use crate::source::Source;
use crate::{Misconfigured, tls};

/// How long one try to connect may take. Without a limit, an address that drops packets would block
/// for minutes.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How to reach Temporal, and which namespace is ours.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address, TLS and the key.
    pub connection: ConnectionOptions,
    /// The namespace.
    pub client: ClientOptions,
}

impl Settings {
    /// Says whether calls are compressed. Without a word they are, unless the address is near.
    pub fn compress(&mut self, compress: Option<bool>) {
        let compress = compress.unwrap_or_else(|| !is_near(&self.connection.target));
        self.connection.grpc_compression = if compress {
            GrpcCompression::Gzip
        } else {
            GrpcCompression::None
        };
    }
}

/// The settings of this process's environment. `identity` names the caller in histories; without
/// one it is the process and the host.
pub fn from_environment(identity: Option<String>) -> Result<Settings, Misconfigured> {
    overridden(&[], identity)
}

/// The same, with some of the variables `TEMPORAL_*` as given here, such as by options of a command.
pub fn overridden(
    given: &[(&str, &str)],
    identity: Option<String>,
) -> Result<Settings, Misconfigured> {
    let variables = env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
        .filter(|(name, _)| name.starts_with("TEMPORAL_"))
        .map(|(name, value)| match value.into_string() {
            Ok(value) => Ok((name, value)),
            Err(_) => Err(Misconfigured(format!(
                "{name} is not text: set it in UTF-8"
            ))),
        });
    let mut variables = variables.collect::<Result<HashMap<String, String>, _>>()?;
    let given = given.iter();
    variables.extend(given.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let mut settings = read(&variables)?;
    if let Some(identity) = identity {
        settings.connection.identity = identity;
    }
    Ok(settings)
}

pub(crate) fn read(variables: &HashMap<String, String>) -> Result<Settings, Misconfigured> {
    let source = Source::of(variables);
    source.check_switches()?;
    source.check_settings_file()?;
    let options = LoadClientConfigProfileOptions::default();
    let profile = load_client_config_profile(options, Some(variables))
        .map_err(|error| source.unreadable(&error))?;
    source.check_key(&profile)?;
    if let Some(tls) = &profile.tls
        && tls.disabled != Some(true)
    {
        tls::check(&source, tls)?;
    } else if profile.api_key.is_some() && profile.tls.is_none() {
        tls::check(&source, &Default::default())?;
    }
    let namespace = profile.namespace.clone();
    let mut connection = ConnectionOptions::try_from(profile).map_err(|error| {
        let address = source.origin("TEMPORAL_ADDRESS", "address");
        Misconfigured(format!(
            "{address}: {}: write it as HOST:PORT",
            message(&error)
        ))
    })?;
    connection.connect_timeout = Some(CONNECT_TIMEOUT);
    source.check_scheme(&connection)?;
    let namespace = namespace.unwrap_or_else(|| "default".to_owned());
    if namespace.is_empty() {
        let origin = source.origin("TEMPORAL_NAMESPACE", "namespace");
        return Err(Misconfigured(format!(
            "{origin} is empty: name the namespace, or remove it for \"default\""
        )));
    }
    let mut settings = Settings {
        connection,
        client: ClientOptions::new(namespace).build(),
    };
    settings.compress(None);
    Ok(settings)
}

/// Whether the address says that the server is on this machine or network, where compression
/// costs more than the bytes that it saves. A name other than localhost says nothing.
fn is_near(target: &Url) -> bool {
    let host = target.host_str().unwrap_or_default();
    match host.trim_matches(['[', ']']).parse() {
        Ok(IpAddr::V4(ip)) => ip.is_loopback() || ip.is_private(),
        Ok(IpAddr::V6(ip)) => ip.is_loopback() || ip.is_unique_local(),
        Err(_) => host == "localhost",
    }
}

fn message(error: &ConfigError) -> String {
    match error {
        ConfigError::InvalidConfig(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests;
