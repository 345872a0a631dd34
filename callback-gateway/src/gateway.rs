//! What the handlers of the public port share.

use std::sync::Arc;

use callback_token::CallbackSecret;

use crate::configuration::{Configuration, GatewaySettings, StripeAccount};
use crate::rate::Rate;
use crate::temporal::Temporal;

/// What is needed to answer callbacks and webhooks.
pub struct Gateway {
    pub(crate) settings: GatewaySettings,
    pub(crate) secrets: Vec<CallbackSecret>,
    pub(crate) rate: Rate,
    pub(crate) saved_cards_queue: Option<String>,
    pub(crate) stripe: Vec<Arc<StripeAccount>>,
    pub(crate) temporal: Arc<Temporal>,
}

impl Gateway {
    /// A gateway that sends its signals to `temporal`.
    pub fn new(configuration: Configuration, temporal: Arc<Temporal>) -> Gateway {
        let settings = configuration.settings;
        Gateway {
            secrets: configuration.secrets,
            rate: Rate::new(
                settings.requests_per_second_per_peer,
                settings.burst_per_peer,
            ),
            settings,
            saved_cards_queue: configuration.saved_cards_queue,
            stripe: configuration.stripe,
            temporal,
        }
    }
}
