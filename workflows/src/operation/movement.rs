//! Money that moved at the partner, according to the partner.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::contract::kind::Kind;
use crate::contract::money::Money;
use crate::operation::partner_report::{OperationState, Shown, Status};
use crate::operation::verdict::Asked;

/// What the partner carried out.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Movement {
    /// A payment or a reversal.
    pub kind: Shown<Kind>,
    /// How much.
    pub money: Shown<Money>,
    /// The partner's own id of the operation.
    pub partner_payment_id: String,
}

impl Movement {
    /// What an operation in this state moved, whatever was requested.
    pub fn of(state: &OperationState) -> Option<Movement> {
        (state.status == Status::Completed).then(|| Movement {
            kind: state.kind.clone(),
            money: state.money.clone(),
            partner_payment_id: state.partner_payment_id.clone(),
        })
    }

    /// What moved if the partner did what was requested.
    pub fn as_asked(asked: &Asked, partner_payment_id: &str) -> Movement {
        Movement {
            kind: Shown::Ours(asked.kind),
            money: Shown::Ours(asked.money),
            partner_payment_id: partner_payment_id.to_owned(),
        }
    }
}

/// The form used in sentences.
impl fmt::Display for Movement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Movement {
            kind,
            money,
            partner_payment_id,
        } = self;
        write!(f, "{kind} {money} as {partner_payment_id}")
    }
}
