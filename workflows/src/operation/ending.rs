//! The result that procaas gets at the end of an operation.

use crate::contract::outcome::{Ending, Outcome};
use crate::contract::request::PaymentRequest;
use crate::contract::resolution::ByHand;
use crate::operation::submission::FinalState;

impl Outcome {
    /// The result of `request`.
    pub(crate) fn new(
        request: PaymentRequest,
        merchant: String,
        final_state: FinalState,
        billing_document_id: Option<String>,
        by_hand: Option<ByHand>,
    ) -> Outcome {
        let (outcome, partner_payment_id, decline_code, completed_at) = match final_state {
            FinalState::Completed(confirmation) => (
                Ending::Completed,
                Some(confirmation.partner_payment_id),
                None,
                confirmation.at,
            ),
            FinalState::Declined {
                code,
                partner_payment_id,
                at,
            } => (Ending::Declined, partner_payment_id, Some(code), at),
            FinalState::Rejected { code, at } => (Ending::Rejected, None, Some(code), at),
            FinalState::Abandoned {
                partner_payment_id,
                at,
            } => (Ending::Abandoned, partner_payment_id, None, at),
        };
        Outcome {
            outcome,
            request_id: request.request_id,
            order_id: request.order_id,
            money: request.money,
            merchant,
            partner_payment_id,
            decline_code,
            billing_document_id,
            by_hand,
            completed_at,
        }
    }
}
