//! Money that moved at the partner, as the partner says.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::contract::money::Money;
use crate::operation::partner_report::OperationState;
use crate::operation::verdict::Asked;

/// What the partner carried out. Its words are kept where they are not ours.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Movement {
    /// PAYMENT or REVERSAL.
    pub kind: String,
    /// In main units.
    pub amount: String,
    /// ISO 4217 alphabetic code.
    pub currency: String,
    /// The partner's own name of the operation.
    pub partner_payment_id: String,
}

impl Movement {
    /// What moved by an operation in this state, whatever was asked for.
    pub fn of(state: &OperationState) -> Option<Movement> {
        let amount = match Money::parse(&state.amount, &state.currency) {
            Ok(money) => money.amount(),
            Err(_) => state.amount.clone(),
        };
        (state.status == "COMPLETED").then(|| Movement {
            kind: state.kind.clone(),
            amount,
            currency: state.currency.clone(),
            partner_payment_id: state.partner_payment_id.clone(),
        })
    }

    /// What moved where the partner did as it was asked.
    pub fn as_asked(asked: &Asked, partner_payment_id: &str) -> Movement {
        Movement {
            kind: asked.kind.partner_word().to_owned(),
            amount: asked.money.amount(),
            currency: asked.money.currency().to_owned(),
            partner_payment_id: partner_payment_id.to_owned(),
        }
    }
}

/// For a sentence.
impl fmt::Display for Movement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Movement {
            kind,
            amount,
            currency,
            partner_payment_id,
        } = self;
        write!(f, "{kind} {amount} {currency} as {partner_payment_id}")
    }
}
