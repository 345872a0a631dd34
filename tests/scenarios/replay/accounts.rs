//! An account that is paused, and one whose partner refuses connections.

use super::recording::{write, write_workflow};
use crate::books::{charge, ends, stack, state, until};
use crate::fallback::charged_by_the_fallback;
use crate::metrics::{scrape, value};
use crate::paused_accounts::{command, is_listed};

pub(super) const NAMES: [&str; 3] = ["paused", "account", "fallen-back"];

pub(super) async fn record() {
    record_paused().await;
    record_fallen_back().await;
}

/// The account, and a payment that waited for it.
async fn record_paused() {
    let stack = stack().await;
    is_listed(&stack).await;
    command(&stack, "pause", "ann", "incident 7").await;
    until("the worker knows it", async || {
        let metrics = scrape(&stack).await;
        (value(&metrics, "sky_account_paused{", &["kg-main"]) == 1).then_some(())
    })
    .await;
    charge(&stack, "paused").await;
    until("the payment says why it waits", async || {
        let state = state(&stack, "paused").await;
        let why = state["last_error"].as_str()?;
        why.contains("ann has paused the account").then_some(())
    })
    .await;
    command(&stack, "resume", "ann", "over").await;
    ends(&stack, "paused", "completed").await;
    write(&stack, "paused").await;
    write_workflow(&stack, "account", "sky-account-kg-main").await;
}

/// To an account at another partner.
async fn record_fallen_back() {
    let stack = charged_by_the_fallback("fallen-back").await;
    write(&stack, "fallen-back").await;
}
