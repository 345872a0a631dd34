//! Where Temporal is, and the connection to it.

use temporal_connection::Settings;
use temporalio_client::{Client, ClientOptions};
use temporalio_common::telemetry::ensure_default_crypto_provider;

use crate::at::At;
use crate::error::Error;
use crate::place::Place;

/// Where Temporal is. What is absent comes from the environment, as for the `temporal` command:
/// `TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, `TEMPORAL_PROFILE`, or the profile in `temporal.toml`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Temporal {
    /// `host:port`, or an address with its scheme.
    pub address: Option<String>,
    /// The namespace.
    pub namespace: Option<String>,
    /// The profile in `temporal.toml`.
    pub profile: Option<String>,
}

impl Temporal {
    pub(crate) async fn connect(
        &self,
        identity: &str,
        set_up: impl FnOnce(ClientOptions) -> ClientOptions,
    ) -> Result<(Client, Place), Error> {
        ensure_default_crypto_provider();
        let Settings { connection, client } = self.settings(identity)?;
        let place = Place {
            request_id: None,
            namespace: client.namespace.clone(),
            address: Some(connection.target.to_string()),
        };
        match Client::connect(connection, set_up(client)).await {
            Ok(client) => Ok((client, place)),
            Err(error) => Err(error.at(&place)),
        }
    }

    /// The settings of a connection. The error names the variable or the option, and the fix.
    pub fn settings(&self, identity: &str) -> Result<Settings, Error> {
        let given = [
            ("TEMPORAL_ADDRESS", &self.address),
            ("TEMPORAL_NAMESPACE", &self.namespace),
            ("TEMPORAL_PROFILE", &self.profile),
        ];
        let given = given
            .iter()
            .filter_map(|(name, value)| Some((*name, value.as_deref()?)));
        let given: Vec<(&str, &str)> = given.collect();
        let settings = temporal_connection::overridden(&given, Some(identity.to_owned()));
        settings.map_err(|fault| Error::Misconfigured {
            place: Place {
                request_id: None,
                namespace: self
                    .namespace
                    .clone()
                    .unwrap_or_else(|| "default".to_owned()),
                address: self.address.clone(),
            },
            reason: fault.to_string(),
        })
    }
}
