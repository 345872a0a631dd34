//! What a restricted API key may do.

use serde::{Deserialize, Serialize};

/// A permission of a restricted key. Writing includes reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// To read PaymentIntents.
    PaymentIntentRead,
    /// To create, confirm and cancel PaymentIntents.
    PaymentIntentWrite,
    /// To read charges and refunds.
    ChargeRead,
    /// To create refunds.
    ChargeWrite,
}
