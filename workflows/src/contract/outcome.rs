//! The result of both workflows (`docs/contract.md`, "Result").

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::contract::ids::{OrderId, RequestId};
use crate::contract::money::Money;
use crate::contract::resolution::ByHand;

/// How an operation ended, for procaas.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Outcome {
    /// How it ended.
    pub outcome: Ending,
    /// Which request.
    pub request_id: RequestId,
    /// For which order.
    pub order_id: OrderId,
    /// The requested amount, as the fields `amount` and `currency`.
    #[serde(flatten)]
    pub money: Money,
    /// The merchant account, by its name in the configuration.
    pub merchant: String,
    /// The partner's id of the operation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner_payment_id: Option<String>,
    /// The partner's reason why no money moved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decline_code: Option<String>,
    /// The id of billing's record of a completed extra payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billing_document_id: Option<String>,
    /// Who closed it by hand and why, as the fields `resolved_by`, `approved_by`,
    /// `resolution_reason` and `ticket`.
    #[serde(flatten)]
    pub by_hand: Option<ByHand>,
    /// The time of the partner's `updatedAt`, or of the operator's resolution. In JSON, RFC 3339 in
    /// UTC with `Z`.
    #[cfg_attr(feature = "schema", schemars(with = "crate::contract::moment::Moment"))]
    pub completed_at: Timestamp,
}

/// The four ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// The money moved, and an extra payment is recorded by billing.
    Completed,
    /// The partner declined; no money moved.
    Declined,
    /// The partner refused the submission for good; no money moved.
    Rejected,
    /// An operator gave it up by hand.
    Abandoned,
}

impl Ending {
    /// All of them.
    pub const ALL: [Ending; 4] = [
        Ending::Completed,
        Ending::Declined,
        Ending::Rejected,
        Ending::Abandoned,
    ];

    /// The name in the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Ending::Completed => "completed",
            Ending::Declined => "declined",
            Ending::Rejected => "rejected",
            Ending::Abandoned => "abandoned",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_end_is_written_as_it_is_named() {
        for ending in Ending::ALL {
            assert_eq!(serde_json::to_value(ending).unwrap(), ending.as_str());
        }
    }
}
