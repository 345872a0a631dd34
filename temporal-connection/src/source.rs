//! Where the settings come from, and the mistakes that the SDK passes over or does not place.

use std::collections::HashMap;
use std::fs;

use temporalio_client::ConnectionOptions;
use temporalio_client::envconfig::{ClientConfigProfile, ConfigError, DataSource};

use crate::Misconfigured;

const CONFIG_FILE: &str = "TEMPORAL_CONFIG_FILE";

/// Where a setting comes from: a variable, or else the profile.
pub(crate) struct Source<'a> {
    variables: &'a HashMap<String, String>,
}

impl Source<'_> {
    pub(crate) fn of(variables: &HashMap<String, String>) -> Source<'_> {
        Source { variables }
    }

    /// The name of a setting's place, for errors.
    pub(crate) fn origin(&self, variable: &str, field: &str) -> String {
        if self.variables.contains_key(variable) {
            return variable.to_owned();
        }
        format!(
            "{field} in the profile {:?} of {}",
            self.text("TEMPORAL_PROFILE").unwrap_or("default"),
            self.file()
        )
    }

    /// A variable that is not empty.
    fn text(&self, variable: &str) -> Option<&str> {
        let text = self.variables.get(variable).map(String::as_str);
        text.filter(|text| !text.is_empty())
    }

    fn file(&self) -> &str {
        self.text(CONFIG_FILE)
            .unwrap_or("temporalio/temporal.toml in the user's configuration folder")
    }

    /// The SDK takes any other word for "not set", and so would connect without TLS.
    pub(crate) fn check_switches(&self) -> Result<(), Misconfigured> {
        for name in ["TEMPORAL_TLS", "TEMPORAL_TLS_DISABLE_HOST_VERIFICATION"] {
            let Some(value) = self.variables.get(name) else {
                continue;
            };
            if !matches!(value.to_lowercase().as_str(), "true" | "false" | "1" | "0") {
                return Err(Misconfigured(format!(
                    "{name} is {value:?}: set it to true or false, or remove it"
                )));
            }
        }
        Ok(())
    }

    /// The SDK passes over a file that is not there, and so would connect to localhost.
    pub(crate) fn check_settings_file(&self) -> Result<(), Misconfigured> {
        let Some(path) = self.text(CONFIG_FILE) else {
            return Ok(());
        };
        fs::read(path).map(drop).map_err(|error| {
            Misconfigured(format!(
                "{CONFIG_FILE} names {path}, which can't be read ({error}): correct the path, or \
                 remove the variable"
            ))
        })
    }

    pub(crate) fn unreadable(&self, error: &ConfigError) -> Misconfigured {
        Misconfigured(match error {
            ConfigError::ProfileNotFound(name) => format!(
                "the profile (TEMPORAL_PROFILE, or --profile) is {name:?}, and {} has no \
                 [profile.{name}]: correct the name, or add the profile",
                self.file()
            ),
            ConfigError::LoadError(error) => {
                format!("{}, the file of Temporal's profiles: {error}", self.file())
            }
            // Its text names the variables.
            ConfigError::InvalidConfig(text) => format!("{text}: remove one of the two"),
        })
    }

    /// The key becomes a header, and an empty one would silently switch TLS on.
    pub(crate) fn check_key(&self, profile: &ClientConfigProfile) -> Result<(), Misconfigured> {
        let Some(key) = &profile.api_key else {
            return Ok(());
        };
        let origin = self.origin("TEMPORAL_API_KEY", "api_key");
        if key.is_empty() {
            return Err(Misconfigured(format!(
                "{origin} is empty: set the key, or remove it"
            )));
        }
        if !key.chars().all(|it| it.is_ascii_graphic()) {
            return Err(Misconfigured(format!(
                "{origin} contains a space, a line break or another character that no key has: \
                 set the key alone"
            )));
        }
        Ok(())
    }

    /// An address with a scheme overrules the switch in the SDK: `http://` would send the key and
    /// all payloads in the clear, `https://` without TLS never connects.
    pub(crate) fn check_scheme(&self, connection: &ConnectionOptions) -> Result<(), Misconfigured> {
        let scheme = connection.target.scheme();
        let fits = match (scheme, connection.tls_options.is_some()) {
            ("http", false) | ("https", true) => return Ok(()),
            ("http", true) => "TLS is on: write HOST:PORT without http://",
            ("https", false) => "TLS is off: set TEMPORAL_TLS=true",
            _ => "only HOST:PORT is understood",
        };
        let origin = self.origin("TEMPORAL_ADDRESS", "address");
        let target = &connection.target;
        Err(Misconfigured(format!("{origin} is {target}, and {fits}")))
    }

    /// The bytes of a certificate or key, and the name of its place for errors.
    pub(crate) fn bytes(
        &self,
        data: &DataSource,
        variable: &str,
        field: &str,
    ) -> Result<(String, Vec<u8>), Misconfigured> {
        match data {
            DataSource::Path(path) => {
                let origin = self.origin(&format!("{variable}_PATH"), &format!("{field}_path"));
                let place = format!("{origin} names {path}, which");
                match fs::read(path) {
                    Ok(bytes) => Ok((place, bytes)),
                    Err(error) => Err(Misconfigured(format!(
                        "{place} can't be read ({error}): correct the path, or put the file there"
                    ))),
                }
            }
            DataSource::Data(bytes) => {
                let origin = self.origin(&format!("{variable}_DATA"), &format!("{field}_data"));
                Ok((origin, bytes.clone()))
            }
            _ => Err(Misconfigured(format!("{variable}: give a path or data"))),
        }
    }
}
