//! What the partner shows instead of what was requested.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A difference between the request and what the partner says; both are shown to operators.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Mismatch {
    /// The field that differs.
    pub field: MismatchField,
    /// What was requested.
    pub asked: String,
    /// What the partner says.
    pub said: String,
}

/// The fields in which the partner's answer may differ from the request.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MismatchField {
    /// The request.
    RequestId,
    /// A payment or a reversal.
    Kind,
    /// The amount, or its currency.
    Amount,
    /// The payment that the partner named before.
    PartnerPaymentId,
}

impl MismatchField {
    /// All of them.
    pub const ALL: [MismatchField; 4] = [
        MismatchField::RequestId,
        MismatchField::Kind,
        MismatchField::Amount,
        MismatchField::PartnerPaymentId,
    ];

    /// The form used in messages and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            MismatchField::RequestId => "request_id",
            MismatchField::Kind => "kind",
            MismatchField::Amount => "amount",
            MismatchField::PartnerPaymentId => "partner_payment_id",
        }
    }
}

impl Mismatch {
    pub(super) fn new(
        field: MismatchField,
        asked: &impl fmt::Display,
        said: &impl fmt::Display,
    ) -> Mismatch {
        Mismatch {
            field,
            asked: asked.to_string(),
            said: said.to_string(),
        }
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Mismatch { field, asked, said } = self;
        let field = field.as_str();
        write!(f, "{field}: asked {asked}, the partner says {said}")
    }
}
