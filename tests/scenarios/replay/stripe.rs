//! The ends and paths of payments and reversals at Stripe.

use harness::{OperationKind, Timings};
use serde_json::json;

use super::recording::{write, write_workflow};
use crate::after_the_end::{ended, incident, look_again_update};
use crate::books::{QUICK, builder, ends, reaches, start};
use crate::stripe::resets::reset_while_open;
use crate::stripe::{charge, charge_card, fault, give_back, in_osh, paid};

pub(super) const NAMES: [&str; 9] = [
    "stripe-completed",
    "stripe-declined",
    "stripe-in-doubt",
    "stripe-processing",
    "stripe-reversed",
    "stripe-rejected",
    "stripe-refund-pending",
    "stripe-refund-failed-later",
    "stripe-reset",
];

pub(super) async fn record() {
    let timings = Timings {
        look_again_after: Some("1h"),
        ..QUICK
    };
    let builder = builder().timings(timings).with_stripe();
    let stack = builder.start().await.unwrap();
    let stripe = stack.stripe().unwrap();
    let pending = json!({ "refunds_settle_after": "1h" });
    stripe.set_settings(&pending).await.unwrap();

    charge(&stack, "stripe-completed").await;
    let no_money = "pm_card_visa_chargeDeclinedInsufficientFunds";
    charge_card(&stack, "stripe-declined", no_money).await;
    let lost = json!({ "on": "confirm_payment_intent", "kind": "reset" });
    fault(&stack, "stripe-in-doubt", lost).await;
    charge(&stack, "stripe-in-doubt").await;
    let bank_account = "pm_usBankAccount_processing";
    charge_card(&stack, "stripe-processing", bank_account).await;
    give_back(&stack, "stripe-reversed").await;
    reset_while_open(&stack, "stripe-reset").await;
    let order = paid(&stack, "stripe-rejected", "pm_card_visa").await;
    let other_currency =
        in_osh(OperationKind::Reversal, "stripe-rejected", &order).of("125.50", "USD");
    start(&stack, other_currency).await;
    let order = paid(&stack, "stripe-refund-pending", bank_account).await;
    start(
        &stack,
        in_osh(OperationKind::Reversal, "stripe-refund-pending", &order),
    )
    .await;

    for id in ["stripe-processing", "stripe-refund-pending"] {
        reaches(&stack, id, "awaiting_completion").await;
    }
    stripe
        .settle_payment("stripe-processing", true)
        .await
        .unwrap();
    let refund = "stripe-refund-pending";
    stripe.set_refund_status(refund, "succeeded").await.unwrap();
    for (id, outcome) in [
        ("stripe-completed", "completed"),
        ("stripe-declined", "declined"),
        ("stripe-in-doubt", "declined"),
        ("stripe-processing", "completed"),
        ("stripe-reversed", "completed"),
        ("stripe-rejected", "rejected"),
        ("stripe-reset", "completed"),
        (refund, "completed"),
    ] {
        ends(&stack, id, outcome).await;
        write(&stack, id).await;
    }
    // Its event starts the look.
    stripe.set_refund_status(refund, "failed").await.unwrap();
    let looks = format!("sky-look-again-{refund}");
    incident(&stack, &looks).await;
    let acknowledgement = json!({ "operator": "ann", "reason": "paid back by hand" });
    look_again_update(&stack, &looks, &acknowledgement).await;
    ended(&stack, refund).await;
    write_workflow(&stack, "stripe-refund-failed-later", &looks).await;
}
