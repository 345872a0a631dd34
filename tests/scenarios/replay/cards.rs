//! Saved cards.

use super::recording::write_workflow;
use crate::books::{builder, history_with, start_raw};
use crate::saved_cards::{card, closes, needs_attention, saved_card, tell};

/// Handed over at once, and only after it needed attention; and an input that is no saved card.
pub(super) async fn record() {
    let stack = builder().saved_cards().start().await.unwrap();
    let address = stack.saved_card_address().await.unwrap();
    let procaas = stack.procaas().unwrap();
    tell(&stack, &address, &card("at-once"), 1).await;
    closes(&stack, "at-once").await;
    procaas.set_down(true).await.unwrap();
    tell(&stack, &address, &card("late"), 1).await;
    let late = saved_card("late").workflow_id();
    needs_attention(&stack).await;
    procaas.set_down(false).await.unwrap();
    closes(&stack, "late").await;
    start_raw(&stack, "record_saved_card", "no-card", "{}").await;
    history_with(&stack, "no-card", "WORKFLOW_EXECUTION_FAILED").await;
    for (name, workflow) in [
        ("saved-card", saved_card("at-once").workflow_id()),
        ("saved-card-late", late),
        ("saved-card-invalid", "sky-payment-no-card".to_owned()),
    ] {
        write_workflow(&stack, name, &workflow).await;
    }
}
