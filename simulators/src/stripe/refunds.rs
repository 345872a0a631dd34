//! Refunds: their states, which can change for weeks.

use super::{books::Books, objects::RefundStatus, origin::Origin};

/// Gives a refund another status, whatever it was before; false if there is no such refund.
pub(super) fn change(books: &mut Books, id: &str, status: RefundStatus) -> bool {
    let Some(refund) = books.refunds.get_mut(id) else {
        return false;
    };
    let before = std::mem::replace(&mut refund.status, status);
    refund.pending_reason = (status == RefundStatus::Pending).then_some("processing");
    refund.failure_reason = (status == RefundStatus::Failed).then_some("expired_or_canceled_card");
    let (charge, amount) = (refund.charge.clone(), refund.amount);
    let returned = match (before.moves_money(), status.moves_money()) {
        (true, false) => amount,
        (false, true) => -amount,
        _ => 0,
    };
    if let Some(charge) = books.charges.get_mut(&charge) {
        charge.amount_refunded -= returned;
        charge.refunded = charge.amount_refunded == charge.amount;
    }
    let origin = Origin::stripe();
    books.emit("refund.updated", id, &origin);
    if status == RefundStatus::Failed {
        books.emit("refund.failed", id, &origin);
    }
    true
}
