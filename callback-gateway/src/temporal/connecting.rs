//! The first connection to Temporal.

use std::time::Duration;

use temporal_connection::{Misconfigured, NotConnected, Settings};
use temporalio_client::NamespacedClient;
use tokio::time::sleep;
use tracing::{info, warn};

use super::Temporal;

/// The pause between two attempts: ready within a second of the server.
const RECONNECT_PAUSE: Duration = Duration::from_millis(500);

impl Temporal {
    /// Tries to connect until Temporal is there; after that the client reconnects by itself.
    /// Settings that Temporal refuses end it.
    pub async fn connect(&self, settings: &Settings) -> Result<(), Misconfigured> {
        let mut told = false;
        while !self.try_to_connect(settings, &mut told).await? {
            sleep(RECONNECT_PAUSE).await;
        }
        Ok(())
    }

    /// Tries once to connect, and says whether it is connected. That Temporal is away is logged
    /// unless it was `told` before.
    pub async fn try_to_connect(
        &self,
        settings: &Settings,
        told: &mut bool,
    ) -> Result<bool, Misconfigured> {
        if self.client.get().is_some() {
            return Ok(true);
        }
        match temporal_connection::connect(settings).await {
            Ok(client) => {
                info!(namespace = client.namespace(), "connected to Temporal");
                self.client.get_or_init(|| client);
                Ok(true)
            }
            Err(NotConnected::Misconfigured(fault)) => Err(fault),
            Err(NotConnected::Away(error)) => {
                if !*told {
                    warn!(error, "Temporal is out of reach; trying until it is not");
                    *told = true;
                }
                Ok(false)
            }
        }
    }
}
