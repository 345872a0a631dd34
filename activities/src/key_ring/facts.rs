//! What may be shown of a key.

use workflows::contract::kind::Kind;

use super::validity::Validity;
use crate::metrics;

/// What may be shown of a key.
pub struct KeyFacts {
    /// What it signs or allows.
    pub kind: Kind,
    /// Its name at the partner, or its file's name.
    pub key_id: String,
    /// When the partner accepts it.
    pub validity: Validity,
}

impl KeyFacts {
    /// Starts the metrics of a merchant account's key.
    pub(crate) fn start_metrics(&self, merchant: &str) {
        metrics::key_refused(merchant, self.kind, &self.key_id, false);
        if let Some(at) = self.validity.expires_at() {
            metrics::key_expires(merchant, self.kind, &self.key_id, at);
        }
    }

    /// A key that is no longer configured is not refused, and never expires.
    pub(super) fn end_metrics(&self, merchant: &str) {
        metrics::key_refused(merchant, self.kind, &self.key_id, false);
        if self.validity.expires_at().is_some() {
            metrics::key_never_expires(merchant, self.kind, &self.key_id);
        }
    }
}
