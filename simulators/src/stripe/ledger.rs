//! Every movement of money.

use serde::Serialize;

use super::{books::Books, objects::RefundStatus};

/// One movement of money.
#[derive(Debug, Serialize)]
pub(super) struct Movement {
    kind: &'static str,
    id: String,
    payment_intent: String,
    /// In Stripe's units.
    amount: i64,
    currency: String,
    /// None for the original payment of an order.
    pub(super) request_id: Option<String>,
    order_id: Option<String>,
    idempotency_key: Option<String>,
    /// Of a refund: a failed or canceled one has given the money back.
    status: RefundStatus,
    created: i64,
}

impl Books {
    /// The successful charges, then all refunds.
    pub(super) fn movements(&self) -> Vec<Movement> {
        let charges = self.charges.iter().filter(|charge| charge.paid);
        let charges = charges.map(|charge| Movement {
            kind: "charge",
            id: charge.id.clone(),
            payment_intent: charge.payment_intent.clone(),
            amount: charge.amount,
            currency: charge.currency.clone(),
            request_id: charge.metadata.get("request_id").cloned(),
            order_id: charge.metadata.get("order_id").cloned(),
            idempotency_key: charge.idempotency_key.clone(),
            status: RefundStatus::Succeeded,
            created: charge.created,
        });
        let refunds = self.refunds.iter().map(|refund| Movement {
            kind: "refund",
            id: refund.id.clone(),
            payment_intent: refund.payment_intent.clone(),
            amount: refund.amount,
            currency: refund.currency.clone(),
            request_id: refund.metadata.get("request_id").cloned(),
            order_id: refund.metadata.get("order_id").cloned(),
            idempotency_key: refund.idempotency_key.clone(),
            status: refund.status,
            created: refund.created,
        });
        charges.chain(refunds).collect()
    }
}
