//! The two kinds of operation.

use serde::{Deserialize, Serialize};

/// The two kinds of operation. A kind decides the partner's verb, the key that signs, and whether
/// billing is told.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Charges the order's card once more.
    ExtraPayment,
    /// Gives money of the order back, all of it or a part.
    PaymentReversal,
}

impl Kind {
    /// The partner's word for it, in sessions, keys and states.
    pub fn partner_word(self) -> &'static str {
        match self {
            Kind::ExtraPayment => "PAYMENT",
            Kind::PaymentReversal => "REVERSAL",
        }
    }
}
