//! The two kinds of operation.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The two kinds of operation. A kind decides the partner's verb, the key that signs, and whether
/// billing is told.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Charges the order's card once more.
    ExtraPayment,
    /// Gives money of the order back, all of it or a part.
    PaymentReversal,
}

/// For a sentence.
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::ExtraPayment => "extra payment",
            Kind::PaymentReversal => "reversal",
        })
    }
}
