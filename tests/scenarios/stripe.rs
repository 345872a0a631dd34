//! Payments and reversals at Stripe, beside the partner Sky. What holds with every partner is in
//! `harness::conformance`; here is what only Stripe does.

mod answers;
mod confirmations;
mod creations;
mod keys;
mod refunds;
mod requests;
pub(crate) mod resets;

use harness::{Operation, OperationKind, PaidOrder, Stack, Timings};
use serde_json::{Value, json};

use crate::books::{QUICK, builder, start, state, until};

/// An answer that is late on a busy machine is not a lost one: its payment would be cancelled.
pub(crate) const TIMINGS: Timings = Timings {
    request_timeout: "10s",
    ..QUICK
};

/// A stack with the account `stripe-main` for rides in Osh.
async fn stack() -> Stack {
    let stack = builder().timings(TIMINGS).with_stripe();
    stack.start().await.unwrap()
}

/// An order in KGS of 840.00, paid with this card.
pub(crate) async fn paid(stack: &Stack, id: &str, card: &str) -> PaidOrder {
    let stripe = stack.stripe().unwrap();
    let order_id = format!("o-{id}");
    let order = stripe.pay_order(&order_id, 84_000, "kgs", card);
    order.await.unwrap()
}

/// An extra payment of 125.50 KGS in Osh, with a card that is good.
pub(crate) async fn charge(stack: &Stack, id: &str) {
    charge_card(stack, id, "pm_card_visa").await;
}

/// The same with this card.
pub(crate) async fn charge_card(stack: &Stack, id: &str, card: &str) {
    let order = paid(stack, id, card).await;
    let asked = in_osh(OperationKind::ExtraPayment, id, &order);
    start(stack, asked).await;
}

/// A reversal of 125.50 KGS in Osh.
pub(crate) async fn give_back(stack: &Stack, id: &str) {
    let order = paid(stack, id, "pm_card_visa").await;
    let asked = in_osh(OperationKind::Reversal, id, &order);
    start(stack, asked).await;
}

pub(crate) fn in_osh(kind: OperationKind, id: &str, order: &PaidOrder) -> Operation {
    Operation::new(kind, id)
        .in_city("KG", "Osh")
        .paid_by(&order.payment_intent)
}

/// Adds a fault for one request.
pub(crate) async fn fault(stack: &Stack, id: &str, mut fault: Value) {
    fault["request_id"] = json!(id);
    stack.stripe().unwrap().add_fault(&fault).await.unwrap();
}

/// Waits until Stripe was asked about it twice.
async fn is_asked_about(stack: &Stack, id: &str) {
    until("it was asked about", async || {
        (state(stack, id).await["status_checks"].as_u64() >= Some(2)).then_some(())
    })
    .await;
}

/// The calls of this kind, the oldest first.
async fn calls(stack: &Stack, operation: &str) -> Vec<Value> {
    let mut journal = stack.stripe().unwrap().journal().await.unwrap();
    journal.retain(|entry| entry["operation"] == operation);
    journal
}

/// The only PaymentIntent of a request.
async fn payment(stack: &Stack, id: &str) -> Value {
    let payments = stack.stripe().unwrap().payments(id).await.unwrap();
    let [payment] = payments.as_slice() else {
        panic!("{payments:?}")
    };
    payment.clone()
}
