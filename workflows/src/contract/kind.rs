//! The two kinds of operation.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The two kinds of operation. The kind decides which call to the partner is made, which key signs
/// it, and whether billing is told.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Charges the order's card once more.
    ExtraPayment,
    /// Refunds the order, in full or in part.
    PaymentReversal,
}

/// The form used in sentences.
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::ExtraPayment => "extra payment",
            Kind::PaymentReversal => "reversal",
        })
    }
}
